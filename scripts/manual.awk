# SPDX-License-Identifier: MIT
# Turns what lowdown writes into a man page as one writes it by hand: definitions hang (.TP), code is bold with hyphens
# that can be copied, tables use their room, no paragraph macro follows a headline, and NAME has the form that whatis(1) reads.
{ lines[NR] = $0 }

function code(line,    out, before, span) {
  out = ""
  while (match(line, /\\fC([^\\]|\\[^f])*\\f[RPB]/)) {
    before = substr(line, 1, RSTART - 1)
    span = substr(line, RSTART + 3, RLENGTH - 6)
    line = substr(line, RSTART + RLENGTH)
    gsub(/-/, "\\-", span)
    out = out before "\\fB" span "\\fR"
  }
  gsub(/\\fC/, "\\fB", line)  # a span that goes on in the next line
  return out line
}

END {
  for (i = 1; i <= NR; i++) {
    line = lines[i]
    if (line ~ /^\.TH/) { print line "\n.na"; continue }
    if (line == ".EX") verbatim = 1
    if (line == ".EE") verbatim = 0
    if (verbatim && line != ".EX") gsub(/-/, "\\-", line)
    if (line ~ /^\.(SH|SS)/) { print line; headline = 1; continue }
    if (headline && line == "NAME") name = 1
    # ".LP", term, ".if n \", ".sp -1v", ".if t \", ".sp -0.25v", ".IP "" 5n": a definition
    if (line ~ /^\.(LP|PP)/ && lines[i + 2] == ".if n \\" && lines[i + 6] ~ /^\.IP ""/) {
      print ".TP 6"
      print code(lines[i + 1])
      i += 6
      headline = 0
      continue
    }
    if (headline && line ~ /^\.(LP|PP)/) { headline = 0; continue }
    if (line ~ /^\./) headline = 0
    if (name && line ~ / - /) { sub(/ - /, " \\- ", line); gsub(/\\f[A-Z]/, "", line); name = 0 }
    if (line == ".if n \\" && lines[i + 3] ~ /^\.sp/) {
      i += 3
      continue
    }
    sub(/^tab\(\|\) expand/, "tab(|)", line)
    # Short cells of tables stand on the line itself, the last column takes the room that is left.
    if (line ~ /^l( l)*\.$/) sub(/l\.$/, "lx.", line)
    while (line ~ /T\{$/ && lines[i + 2] ~ /^T\}/ && length(lines[i + 1]) < 36 && lines[i + 1] !~ /[|]|^[.\047]/) {
      line = substr(line, 1, length(line) - 2) code(lines[i + 1]) substr(lines[i + 2], 3)
      i += 2
    }
    print code(line)
  }
}
