"""A driven temperature: an inverse temperature that wanders, so that a chain leaves where it would stay."""

from __future__ import annotations

from studio.models.noise import Noise

KEPT = 0.9  # of the way from 1, from one sweep to the next
LEAST = 1e-3  # deviation: below it nothing wanders, and what is drawn has no end of digits
LOWEST, HIGHEST = 0.2, 5.0  # beyond them a sweep is noise, or no draw at all


def wandered(beta: float, deviation: float, noise: Noise) -> float:
    """Return the next inverse temperature of an autoregressive Gamma process of mean 1 about `deviation`.

    With c = (1 - phi) s^2 it draws k from a Poisson distribution of mean phi beta / c, then
    from a Gamma distribution of shape 1 / s^2 + k and scale c, which keeps Gamma(1 / s^2, s^2) as it
    is and has the correlation phi from step to step (Gourieroux & Jasiak 2006, eq. 4; driven
    Boltzmann machines: Fisher, Smith & Walsh 2018). What is played is kept within .2 and 5.
    """
    if deviation < LEAST:
        return 1.0
    scale = (1 - KEPT) * deviation**2
    wished = noise.gamma(1 / deviation**2 + noise.poisson(KEPT * beta / scale), scale)
    return min(max(wished, LOWEST), HIGHEST)
