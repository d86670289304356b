"""THE GAUGES, and the demo that puts the parts together.

What runs beside every board: health.py and views.py (/healthz), logs.py, database.py (may the web server start?).
What serves its pages: serving.py (Daphne, with an end) and lifespan.py; static_files.py (their styles and scripts).
What is run before there is one: eqcheck/ (could a board run on this EQ?).
What only a visitor or a developer needs: showroom.py (the demo), with children.py (its processes), probes.py (are they
ready?) and redis_server.py (its Redis); pictures.py (screenshots of it) and browsers.py (with what).
"""
