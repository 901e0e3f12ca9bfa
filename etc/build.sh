# Finds a JDK and Maven, and builds what is missing or stale.
# Sourced by ./millrace and ./build, which set ROOT. POSIX sh; results are left in upper-case
# variables, because a subshell for each would cost the launcher more than the work itself.

JDK_WANTED=25
JAVA_FLAGS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

fail() {
    echo "$*" >&2
    exit 1
}

# jdk_at DIR: sets JDK_VERSION ("25.0.3") and JDK_FEATURE ("25") from the release file; starts nothing.
jdk_at() {
    JDK_VERSION=
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS='=' read -r jdk_key jdk_value; do
        if [ "$jdk_key" = JAVA_VERSION ]; then
            jdk_value=${jdk_value#\"}
            JDK_VERSION=${jdk_value%\"*}
            break
        fi
    done <"$1/release"
    JDK_FEATURE=${JDK_VERSION%%[!0-9]*}
    [ -n "$JDK_FEATURE" ]
}

# jdk_on_path: sets JDK_DIR to the home of the java on PATH, through its links.
jdk_on_path() {
    JDK_DIR=$(command -v java) || return 1
    JDK_DIR=$(readlink -f "$JDK_DIR" 2>/dev/null) || return 1
    JDK_DIR=${JDK_DIR%/bin/java}
}

# find_jdk: exports JAVA_HOME, or ends with one line that says what to install. JAVA_HOME and PATH
# are the user's own choice and win if they are new enough; elsewhere the wanted version itself is
# taken before a newer one.
find_jdk() {
    JDK_OTHERS=
    if [ -n "${JAVA_HOME:-}" ] && accept_jdk "$JAVA_HOME" "$JDK_WANTED" 999; then return; fi
    if jdk_on_path && accept_jdk "$JDK_DIR" "$JDK_WANTED" 999; then return; fi
    if search_jdk "$JDK_WANTED" "$JDK_WANTED" || search_jdk $((JDK_WANTED + 1)) 999; then return; fi
    fail "Millrace needs a JDK $JDK_WANTED: install Temurin $JDK_WANTED (https://adoptium.net) or set JAVA_HOME;" \
        "found only: ${JDK_OTHERS:-none}"
}

# accept_jdk DIR LOW HIGH: takes the JDK at DIR if its feature version is in the range.
accept_jdk() {
    jdk_at "$1" || return 1
    if [ "$JDK_FEATURE" -ge "$2" ] && [ "$JDK_FEATURE" -le "$3" ]; then
        JAVA_HOME=$1
        export JAVA_HOME
        return
    fi
    case ", $JDK_OTHERS," in
        *" at $1,"*) ;;
        *) JDK_OTHERS="${JDK_OTHERS:+$JDK_OTHERS, }$JDK_VERSION at $1" ;;
    esac
    return 1
}

# search_jdk LOW HIGH: where Linux distributions, macOS, IDEs and version managers put JDKs.
search_jdk() {
    for jdk_dir in \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/* /opt/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.gradle/jdks/* \
        "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/* \
        "$HOME"/.jabba/jdk/* "$HOME"/.jabba/jdk/*/Contents/Home; do
        if accept_jdk "$jdk_dir" "$1" "$2"; then return; fi
    done
    return 1
}

# find_maven: sets MVN, or ends with one line.
find_maven() {
    for MVN in "$(command -v mvn)" "${MAVEN_HOME:+$MAVEN_HOME/bin/mvn}" "${M2_HOME:+$M2_HOME/bin/mvn}" \
        "$HOME/.sdkman/candidates/maven/current/bin/mvn" /opt/homebrew/bin/mvn /usr/local/bin/mvn \
        /opt/maven/bin/mvn; do
        if [ -x "$MVN" ]; then return; fi
    done
    fail "Millrace is built with Maven, and there is no mvn on PATH: install it" \
        "(apt install maven, dnf install maven, brew install maven or sdk install maven) and run this again"
}

maven() {
    (cd "$ROOT" && "$MVN" -B -q "$@")
}

# stale MODULE: true if the module's jar is missing, or a source is newer than its stamp. A deleted
# source shows in the time of its folder.
stale() {
    [ -f "$ROOT/$1/target/millrace-$1.jar" ] && [ -f "$ROOT/$1/target/built" ] || return 0
    [ -n "$(cd "$ROOT" && find pom.xml etc ./*/pom.xml ./*/src/main -newer "$1/target/built" 2>/dev/null | head -n 1)" ]
}

# build_if_stale MODULE...: packages the last module and what it stands on; main code only.
build_if_stale() {
    for module in "$@"; do :; done
    stale "$module" || return 0
    if [ -n "${MILLRACE_BUILDING:-}" ]; then
        # A test of ./build test starts us: the build around it has made the jar, and the stamp follows.
        [ -f "$ROOT/$module/target/millrace-$module.jar" ] || fail "millrace-$module is not built yet"
        return
    fi
    find_maven
    lock
    if stale "$module"; then
        echo "building Millrace (first run takes a minute)…" >&2
        begin_build "$@"
        maven -Dquick -Dmaven.test.skip=true -pl "$module" -am package >&2 || fail "Millrace did not build"
        end_build "$@"
    fi
    unlock
}

# begin_build MODULE...: the jars are unlinked, not overwritten, so that a process that runs from
# them keeps them. The stamp takes the time of the beginning: an edit made meanwhile counts as newer.
begin_build() {
    : >"$ROOT/.build/began"
    for packed in "$@"; do
        packed_dir=$ROOT/$packed/target
        rm -rf "$packed_dir/lib" "$packed_dir/millrace-$packed.jar" "$packed_dir/built"
    done
}

# end_build MODULE...: trains the start of the command and stamps the modules.
end_build() {
    train_start
    for packed in "$@"; do
        if [ -f "$ROOT/$packed/target/millrace-$packed.jar" ]; then
            cp -p "$ROOT/.build/began" "$ROOT/$packed/target/built"
        fi
    done
}

# train_start: makes the ahead-of-time caches (JEP 514) from which the next starts load their classes:
# one for `serve`, one with fewer classes for all other commands. Without them everything starts too,
# only slower.
train_start() {
    (
        cd "$ROOT/cli/target" || exit
        rm -rf ./*.aot training
        # picocli is compiled for Java 5, and the cache takes no class that old.
        "$JAVA_HOME/bin/java" "$ROOT/etc/RaiseClassVersion.java" lib/picocli-*.jar
        train command dev.millrace.cli.Main version
        train serve dev.millrace.cli.StartTraining training
        rm -rf training
    ) >"$ROOT/.build/train.log" 2>&1
}

# train NAME MAIN ARGS: makes NAME.aot of a run of MAIN.
train() {
    train_name=$1
    shift
    # shellcheck disable=SC2086 # the flags are a list
    "$JAVA_HOME/bin/java" "-XX:AOTCacheOutput=$train_name.aot.new" $JAVA_FLAGS \
        -cp "$ROOT/cli/target/millrace-cli.jar" "$@" &&
        mv "$train_name.aot.new" "$train_name.aot"
}

# start_cache COMMAND: sets AOT_CACHE, empty if there is none to use, and START_FLAGS, what the command
# asks of Java: a server lives long, and what its heap begins with it would never give back. Java 25 does not notice that a
# jar has changed since the training and would run the old classes, so a cache that is not newer than
# the jars is left alone. It refuses other mismatches (another JDK, another collector) by itself; the
# log setting keeps that quiet.
start_cache() {
    AOT_CACHE=
    START_FLAGS=
    start_dir=$ROOT/cli/target
    case ${1:-} in
        serve)
            start_aot=$start_dir/serve.aot
            START_FLAGS=-Xms48m
            ;;
        *) start_aot=$start_dir/command.aot ;;
    esac
    if [ "$start_aot" -nt "$start_dir/millrace-cli.jar" ] && [ "$start_aot" -nt "$start_dir/lib" ]; then
        AOT_CACHE=$start_aot
    fi
}

# lock, unlock: one build at a time in this tree. flock where there is one: the kernel then frees the
# lock of a killed build. Elsewhere a folder with the owner's process id.
lock() {
    mkdir -p "$ROOT/.build"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$ROOT/.build/lock"
        flock -n 9 || {
            echo "waiting for another build of this tree…" >&2
            flock 9
        }
        return
    fi
    lock_said=
    until mkdir "$ROOT/.build/lock.d" 2>/dev/null; do
        lock_owner=$(cat "$ROOT/.build/lock.d/pid" 2>/dev/null)
        if [ -n "$lock_owner" ] && ! kill -0 "$lock_owner" 2>/dev/null; then
            rm -rf "$ROOT/.build/lock.d"
            continue
        fi
        [ -n "$lock_said" ] || echo "waiting for another build of this tree…" >&2
        lock_said=yes
        sleep 1
    done
    echo $$ >"$ROOT/.build/lock.d/pid"
    trap 'rm -rf "$ROOT/.build/lock.d"' EXIT
    trap 'exit 130' INT TERM
}

unlock() {
    mkdir -p "$ROOT/.build"
    if command -v flock >/dev/null 2>&1; then
        exec 9>&-
    else
        rm -rf "$ROOT/.build/lock.d"
        trap - EXIT INT TERM
    fi
}
