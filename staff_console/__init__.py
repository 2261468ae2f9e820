"""The web application in which staff keep the directory true and run gatherings."""
