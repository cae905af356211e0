# Applies the edits of a mistake to a copy of the tree: awk -v tree=<directory> -f apply.awk <file>.mistake
# Form of the file: README.md. Exit code 2 and a sentence if it cannot be applied.

function fail(sentence) {
  print FILENAME ": " sentence > "/dev/stderr"
  failed = 1
  exit 2
}

function trimmed(text) {
  while (substr(text, 1, 1) == "\n") text = substr(text, 2)
  while (substr(text, length(text)) == "\n") text = substr(text, 1, length(text) - 1)
  return text
}

function read_file(path,   text, line, status) {
  text = ""
  while ((status = (getline line < path)) > 0) text = text line "\n"
  close(path)
  if (status < 0) fail("mistake no longer applies: no file " path)
  return text
}

function apply(   path, text, at, rest) {
  if (part == "replace") fail("'replace:' without 'with:'")
  if (part != "with") return
  old = trimmed(old)
  new = trimmed(new)
  if (file == "" || old == "") fail("an edit needs 'file:' and a 'replace:' block")
  if (old == new) fail("an edit that changes nothing")
  path = tree "/" file
  text = read_file(path)
  at = index(text, old)
  if (at == 0) fail("mistake no longer applies: the block is not in " file)
  rest = substr(text, at + length(old))
  if (index(rest, old) != 0) fail("mistake no longer applies: the block is more than once in " file)
  printf "%s%s%s", substr(text, 1, at - 1), new, rest > path
  close(path)
  edits += 1
  part = ""
  old = new = ""
}

/^file: /    { apply(); file = substr($0, 7); part = ""; next }
/^replace:$/ { apply(); part = "replace"; next }
/^with:$/    { if (part != "replace") fail("'with:' without 'replace:'"); part = "with"; next }
/^end$/      { apply(); part = ""; next }
part == "replace" { old = old $0 "\n" }
part == "with"    { new = new $0 "\n" }

END {
  if (failed) exit 2
  apply()
  if (!failed && edits == 0) fail("no edits")
}
