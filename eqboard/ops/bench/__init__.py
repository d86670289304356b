"""What `manage.py bench` measures: figures as ratios to a reference that ran in the same minute on the same machine."""
