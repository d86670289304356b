from django.urls import path

from eqboard.control import views

app_name = "control"
urlpatterns = [
    path("agents/<int:agent_id>/pause/", views.pause, name="pause"),
    path("agents/<int:agent_id>/resume/", views.resume, name="resume"),
    path("actions/<uuid:attempt>/", views.outcome, name="outcome"),
]
