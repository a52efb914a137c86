"""How fast imdifeed is, as ratios against what the machine can do, measured in the same run."""
