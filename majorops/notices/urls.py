"""The inbox, and the mail folder of the embedded default."""

from django.urls import path

from majorops.notices import views

app_name = "notices"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/bell/", views.bell, name="bell"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/set-aside/", views.try_again, name="try_again"),
    path("inbox/<int:pk>/", views.open_notice, name="open"),
    path("me/notices/", views.settings, name="settings"),
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.mail_detail, name="mail_detail"),
]
