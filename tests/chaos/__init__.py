"""Digests under fire: many senders, killed at random, and a mail server that does its worst.

make chaos        2,000 readers, 3 senders, 60 kills; says what came of it and fails if it is wrong
"""
