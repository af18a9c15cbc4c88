import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Prints RESULT lines for every file as PDF/A-3a and as PDF/UA-1, and a FAILED line for each broken rule. */
public class ValidateArchive {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (PDFAFlavour flavour : new PDFAFlavour[] {PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1}) {
                try (FileInputStream in = new FileInputStream(file);
                        PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour)) {
                    ValidationResult result =
                        Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
                    System.out.println("RESULT\t" + file + "\t" + flavour + "\t" + result.isCompliant());
                    for (TestAssertion failed : result.getTestAssertions()) {
                        System.out.println("FAILED\t" + file + "\t" + flavour + "\t"
                            + failed.getRuleId().getClause() + "-" + failed.getRuleId().getTestNumber()
                            + "\t" + failed.getMessage() + "\t" + failed.getLocation().getContext());
                    }
                }
            }
        }
    }
}
