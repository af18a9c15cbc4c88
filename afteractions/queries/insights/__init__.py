"""What the past months say: counted in SQL, for what the reader may see, in a statement or two for each subject."""
