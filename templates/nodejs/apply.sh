home=/usr/local/lib/nodejs/v$VERSION
if [ ! -x "$home/bin/node" ]; then
  say "installing Node.js $VERSION"
  work=$(mktemp --directory /usr/local/lib/.nodejs-XXXXXX)
  archive=node-v$VERSION-linux-x64.tar.gz
  curl --fail --silent --show-error --location --retry 5 --output "$work/$archive" "$MIRROR/v$VERSION/$archive"
  echo "$SHA256  $work/$archive" | sha256sum --check --quiet || fail "$archive from $MIRROR does not have the pinned checksum; it was thrown away"
  tar --extract --gzip --no-same-owner --directory "$work" --file "$work/$archive"
  mkdir -p /usr/local/lib/nodejs
  mv "$work/node-v$VERSION-linux-x64" "$home"
  rm -r "$work"
fi
for program in node npm npx; do ln -sfn "$home/bin/$program" "/usr/local/bin/$program"; done

yarn=/usr/local/lib/yarn/yarn-$YARN_VERSION.cjs
if [ ! -e "$yarn" ]; then
  say "installing yarn $YARN_VERSION"
  work=$(mktemp --directory)
  (cd "$work" && npm pack --silent "@yarnpkg/cli-dist@$YARN_VERSION" >/dev/null)
  echo "$YARN_SHA512  $work/yarnpkg-cli-dist-$YARN_VERSION.tgz" | sha512sum --check --quiet || fail "yarn $YARN_VERSION does not have the pinned checksum; it was thrown away"
  tar --extract --gzip --directory "$work" --file "$work/yarnpkg-cli-dist-$YARN_VERSION.tgz"
  install -D -m 0755 "$work/package/bin/yarn.js" "$yarn"
  rm -r "$work"
fi
ln -sfn "$yarn" /usr/local/bin/yarn
