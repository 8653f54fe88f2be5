# Asks the kernel for something that concerns a whole mounted filesystem. Perl, because it can call ioctl and is on
# every Debian and Ubuntu.
# usage: filesystem.pl freeze|thaw|settle|drop DIRECTORY
use strict;
use warnings;
use Errno qw(EBUSY EINVAL);
use Fcntl qw(O_RDONLY O_DIRECTORY);

my ( $action, $directory ) = @ARGV;
my ( $freeze, $thaw, $shutdown ) = ( 0xC0045877, 0xC0045878, 0x8004587D );
my $without_flushing = pack 'L', 2;

# The same open directory is checked and asked: were it no mount, all of this would hit the host's own filesystem.
sysopen my $mount, $directory, O_RDONLY | O_DIRECTORY or die "$directory: $!\n";
( stat $mount )[0] != ( stat "$directory/.." )[0] or die "$directory: nothing is mounted there\n";

sub ask {
    my ( $request, $argument, @no_faults ) = @_;
    return 1 if ioctl $mount, $request, $argument;
    return 0 if grep { $! == $_ } @no_faults;
    die "$action $directory: $!\n";
}

my $nothing = pack 'L', 0;
if ( $action eq 'freeze' ) {
    ask( $freeze, $nothing, EBUSY );    # is frozen already
}
elsif ( $action eq 'thaw' ) {
    ask( $thaw, $nothing, EINVAL );     # is not frozen
}
elsif ( $action eq 'settle' ) {

    # Freezing writes all to the disk, and is how the kernel tells whether it is frozen.
    ask( $freeze, $nothing, EBUSY ) or die "it is frozen\n";
    ask( $thaw, $nothing );
}
elsif ( $action eq 'drop' ) {

    # Writers that a frozen disk holds get an error once they go on, so that they can be killed.
    ask( $shutdown, $without_flushing );
    ask( $thaw, $nothing, EINVAL );
}
else { die "unknown action $action\n" }
