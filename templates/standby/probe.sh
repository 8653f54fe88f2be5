wait_for 120 "PostgreSQL to follow the primary; trivet status says what is wrong" in_order
