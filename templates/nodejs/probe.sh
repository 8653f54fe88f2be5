[ "$(/usr/local/bin/node --version)" = "v$VERSION" ] || fail "node says $(/usr/local/bin/node --version); wanted v$VERSION"
[ "$(cd / && /usr/local/bin/yarn --version)" = "$YARN_VERSION" ] || fail "yarn does not answer with $YARN_VERSION"
