"""Text frames in, typed rows and refused rows out: pure, vectorised, and never raising on data."""
