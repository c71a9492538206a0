# SPDX-License-Identifier: MIT
# cmake -DSYMBOL=name -DDIRECTORY=dir -DFILES=a;b -DOUTPUT=out.cc -P embed.cmake
# Writes a C++ source that holds the files as byte arrays (see pastmon_embed in CMakeLists.txt).
set(arrays "")
set(table "")
set(index 0)
foreach(file IN LISTS FILES)
  file(READ ${DIRECTORY}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char ${SYMBOL}_${index}[] = {${bytes}0};\n")
  string(APPEND table "    {\"${file}\", {reinterpret_cast<const char*>(${SYMBOL}_${index}), sizeof(${SYMBOL}_${index}) - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT}.new "// Written by scripts/embed.cmake; do not edit.
#include \"pastmon/base/embedded.h\"
namespace {
${arrays}}  // namespace
namespace pastmon::embedded {
std::span<const File> ${SYMBOL}() {
  static const File files[] = {
${table}    {{}, {}}};
  return {files, ${index}};
}
}  // namespace pastmon::embedded
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
