"""Nudges: rules that look at everybody's facts and say who is due which notice. They decide; they send nothing."""
