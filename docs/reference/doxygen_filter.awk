# Turns the plain comments of the public headers into what Doxygen reads, on the way to
# it alone: the headers stay free of markup.
#
#   a comment before a declaration documents it; one behind it, too
#   a comment before several #defines is the title of their group
#   indented lines (formulas, tables) are shown as they are written
#   a function without a comment shares that of its _f64 twin or of the one before it,
#   a struct that of its _f64 twin
#   a field without a comment shares that of its _f64 twin, or of the one whose name
#   its own continues

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

# The text of the comment in lines[1..count], verbatim where a paragraph is indented.
function comment_text(    i, j, k, out, shaped) {
    out = ""
    for (i = 1; i <= count; i = j) {
        if (lines[i] == "") {
            out = out "\n"
            j = i + 1
            continue
        }
        shaped = 0
        for (j = i; j <= count && lines[j] != ""; j++)
            if (lines[j] ~ /^  /)
                shaped = 1
        # Lines before the first one with columns introduce what follows.
        if (shaped)
            for (; i < j && lines[i] !~ /  /; i++)
                out = out lines[i] "\n"
        if (shaped)
            out = out "@verbatim\n"
        for (k = i; k < j; k++)
            out = out lines[k] "\n"
        if (shaped)
            out = out "@endverbatim\n"
    }
    return out
}

# Read the comment that starts in the current line into lines[1..count].
function read_comment(    text, last) {
    count = 0
    text = $0
    sub(/^[ \t]*\/\*/, "", text)
    do {
        last = sub(/[ \t]*\*\/[ \t]*$/, "", text)
        sub(/^ /, "", text)
        if (!(last && text == ""))
            lines[++count] = text
        if (last)
            return
        more = getline
        text = $0
        if (text !~ /^[ \t]*\*\//)
            sub(/^[ \t]*\*/, "", text)
    } while (more > 0)
}

function end_group() {
    if (grouped)
        print "/** @} */"
    grouped = 0
}

# What stands behind the declared name up to "(" , or the last word of a field.
function declared_function(text) {
    sub(/\(.*/, "", text)
    text = trim(text)
    sub(/.*[ *]/, "", text)
    return text
}

function declared_field(text) {
    if (match(text, /\(\*[a-z0-9_]+\)/))
        return substr(text, RSTART + 2, RLENGTH - 3)
    sub(/;.*/, "", text)
    sub(/.*[ *]/, "", text)
    return text
}

function is_f32(name) { return name ~ /_f32$/ }

function twin(name) {
    sub(/_f32$/, "_f64", name)
    return name
}

FNR == 1 && /^\/\*/ {
    read_comment()
    text = comment_text()
    printf "/** @file\n%s*/\n", text
    if (FILENAME ~ /dirichlet\.h$/)
        printf "/** @mainpage\n%s*/\n", text
    next
}

/^[ \t]*\/\*/ {
    if (held != "")
        release_define(0)
    read_comment()
    text = comment_text()
    pending = 1
    next
}

# From here on the line is not a comment; `pending` tells that one stands before it.

/^#define DIRICHLET_[A-Z0-9_]+[ \t]+[^ \t]/ && !/DIRICHLET_API/ {
    line = $0
    commented = line ~ /\/\*/
    if (held != "")
        release_define(1)
    held = line
    held_commented = commented
    held_text = pending ? text : ""
    pending = 0
    next
}

# A #define is held back until the next line shows whether a group begins.
function release_define(followed) {
    if (held_text != "" && (followed || held_commented)) {
        end_group()
        gsub(/\n/, " ", held_text)
        printf "/** @name %s */\n/** @{ */\n", trim(held_text)
        grouped = 1
    } else if (held_text != "")
        printf "/** %s*/\n", held_text
    else if (!held_commented && constants != "")
        sub(/$/, " /**< A value of " constants ". */", held)
    sub(/\/\* /, "/**< ", held)
    print held
    held = ""
    held_text = ""
}

held != "" { release_define(0) }

/^$/ {
    end_group()
    constants = ""
}

/^typedef int32_t [a-z0-9_]+;/ {
    constants = $3
    sub(/;/, "", constants)
}

/^typedef struct [a-z0-9_]+ \{/ {
    structure = $3
    owner = ""
    if (!pending && is_f32(structure)) {
        text = "@copydoc " twin(structure) " "
        pending = 1
    }
}

/^}/ { structure = "" }

/^DIRICHLET_API/ {
    while ($0 !~ /\(/ && (getline rest) > 0) # the name may stand on a line of its own
        $0 = $0 " " trim(rest)
    name = declared_function($0)
    if (!pending)
        printf "/** @copydoc %s */\n", is_f32(name) ? twin(name) : previous
    else if (is_f32(name))
        printf "/** %s\n@copydoc %s */\n", text, twin(name)
    else
        printf "/** %s*/\n", text
    pending = 0
    previous = name
}

structure != "" && /;/ {
    name = declared_field($0)
    member = structure "::" name
    shown[member] = 1
    if (pending)
        owner = name
    else if (/\/\*/)
        owner = ""
    else if (is_f32(structure) && shown[twin(structure) "::" name])
        sub(/$/, " /**< @copydoc " twin(structure) "::" name " */")
    else if (name == "struct_size")
        sub(/$/, " /**< sizeof the struct, set by the caller. */")
    else if (owner != "" && index(name, owner "_") == 1)
        sub(/$/, " /**< See " owner ". */")
    else if ($1 ~ /^dirichlet_[a-z_]+_f(64|32)$/)
        sub(/$/, " /**< See " $1 "; NULL: not offered. */")
    else
        shown[member] = 0
}

/^typedef .*\(\*[a-z0-9_]+_f32\)/ {
    name = declared_field($0)
    printf "/** %s\n@copydoc %s */\n", pending ? text : "", twin(name)
    pending = 0
}

{
    if (pending)
        printf "%s/** %s*/\n", structure != "" ? "    " : "", text
    pending = 0
    # A comment behind a declaration.
    if ($0 !~ /^[ \t]*\/\*/ && $0 !~ /\/\*\*</)
        sub(/\/\* /, "/**< ")
    print
}

END {
    if (held != "")
        release_define(0)
    end_group()
}
