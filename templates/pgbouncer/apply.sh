packages pgbouncer postgresql-client-17
# The package gives the file to postgres when it is first set up.
chown root:root /etc/pgbouncer/pgbouncer.ini
chmod 0644 /etc/pgbouncer/pgbouncer.ini
# Never by a restart, which would end the application's transactions on every node: a reload keeps its connections, and new
# ones to the database show new certificates. What the unit says counts from pgbouncer's next start.
running pgbouncer.service reload '/etc/pgbouncer/*'
