"""The components as template tags; `{% load desk %}` brings them all."""
