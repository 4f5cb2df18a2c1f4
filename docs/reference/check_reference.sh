#!/bin/sh
# Checks that the generated reference shows every function of cmake/dirichlet.map
# with a text of its own or of its twin.
#   check_reference.sh REPOSITORY REFERENCE
set -eu
functions=$(sed -n 's/^    \(dirichlet_.*\);$/\1/p' "$1/cmake/dirichlet.map")
documented=$(cat "$2"/xml/*_8h.xml | awk '
    /<memberdef kind="function"/ { inside = 1; name = ""; text = "" }
    inside && /<name>/ { name = $0; gsub(/.*<name>|<\/name>.*/, "", name) }
    inside && /<para>/ { text = text $0 }
    /<\/memberdef>/ {
        gsub(/<[^>]*>/, "", text)
        if (inside && length(text) > 20) print name
        inside = 0
    }')
count=0
for function in $functions; do
    if ! echo "$documented" | grep -qx "$function"; then
        echo "the reference has no text for $function"
        exit 1
    fi
    grep -ql "class=\"memname\">.*$function" "$2"/html/*_8h.html || {
        echo "the HTML does not show $function"
        exit 1
    }
    count=$((count + 1))
done
[ "$count" -gt 0 ]
echo "$count functions in $2/html/index.html, each with its text"
