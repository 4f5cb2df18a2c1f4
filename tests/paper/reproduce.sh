#!/bin/sh
# The program that runs the others, with templates of its own; and that the real one has them all.
#   reproduce.sh REPRODUCE SOURCES FOLDER
set -u
reproduce=$1
sources=$2
rm -rf "$3" && mkdir -p "$3/out" && cd "$3" || exit 1
failures=0

failed() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

names=$(sed -n 's/^dirichlet_paper(\(.*\))$/\1/p' "$sources/CMakeLists.txt" | sort)
[ "$(echo "$names" | wc -l)" -gt 10 ] || failed 'the list of programs'
[ "$names" = "$(sed -n 's/^@run \(.*\)@$/\1/p' "$sources/paper.md.in" | sort)" ] ||
    failed 'the template and the list of programs differ'
for name in $names; do
    grep -qx "## $name" "$sources/paper.md.in" || failed "no heading for $name"
done

"$reproduce" 2>usage
[ $? = 2 ] && grep -q usage usage || failed 'without arguments'
"$reproduce" template.md no/such/folder 2>error
[ $? = 1 ] && grep -q 'no/such/folder' error || failed "no folder: $(cat error)"
"$reproduce" no-such-template out 2>error
[ $? = 1 ] && grep -q 'no-such-template' error || failed "no template: $(cat error)"
if ! command -v gnuplot >/dev/null; then
    echo "gnuplot is not installed: the rest is not tested"
    [ $failures = 0 ] && exit 77
    exit 1
fi

printf 'First\n@summary@\n## fit-1d\n@run fit-1d@\nlast %%s' >template.md
"$reproduce" template.md out --quick --threads 1 || failed 'a program'
cat out/paper.md
grep -qx '| \[fit-1d\](#fit-1d) | agrees | .* |' out/paper.md || failed 'the summary'
grep -qx '\*\*agrees\*\*: .*' out/paper.md || failed 'the verdict'
grep -qx '`build/release/examples/paper/fit-1d --quick --threads 1`' out/paper.md || failed 'the command'
grep -q ' $' out/paper.md && failed 'blanks at the end of lines'
[ "$(head -n 1 out/paper.md)" = First ] && [ "$(tail -n 1 out/paper.md)" = 'last %s' ] ||
    failed 'the text of the template'
for ending in svg png csv txt; do
    [ -s "out/paper/fit-1d.$ending" ] || failed "fit-1d.$ending"
done

# A failure leaves the document as it was; --only takes what is there.
cp out/paper.md before.md
"$reproduce" template.md out --such 2>error
[ $? = 1 ] && grep -q '^reproduce: fit-1d: failed' error || failed "a bad option: $(cat error)"
cmp before.md out/paper.md || failed 'the document of before'
"$reproduce" template.md out --only none --quick || failed --only
cmp before.md out/paper.md || failed 'the same document again'
echo 'no verdict' >out/paper/fit-1d.txt
"$reproduce" template.md out --only none 2>error
[ $? = 1 ] && grep -q 'no verdict' error || failed 'a file without a verdict'
cmp before.md out/paper.md || failed 'the document after a bad file'
echo "paper.reproduce: $failures failures"
[ $failures = 0 ]
