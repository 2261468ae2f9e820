"""A group that takes fewer places than it asked for."""

from dataclasses import replace

from event_registration.schemas import Application


def fit_group(application: Application, places: int) -> Application:
    """Return the application for so many places; women keep at least their share of them.

    The registrant may then say otherwise: it is only where one begins.
    """
    size = application.women + application.men
    if places >= size:
        return replace(application, least_places=None)
    women = min(application.women, -(-application.women * places // size))
    return replace(
        application,
        women=women,
        men=places - women,
        young=min(application.young, places),
        disabled=min(application.disabled, places),
        least_places=None,
    )
