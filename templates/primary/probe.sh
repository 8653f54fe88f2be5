wait_for 120 "PostgreSQL to be the primary or to follow it; trivet status says what is wrong" in_order
