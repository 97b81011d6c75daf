"""Reports: folds over waits that ended, under definitions named beside each number.

It reads nothing itself; whoever asks brings the waits.
"""
