"""THE SCREENS: what an audience sees, as fragments that page and push share."""
