# cmake -DHEADER=… -DOUTPUT=… -DTEXTS=NAME=FILE|NAME=FILE… -P embed_texts.cmake: writes a C file with
# `const char NAME[]` for each file, ended by a zero byte, as HEADER declares them.
set(code "#include \"${HEADER}\"\n")
string(REPLACE "|" ";" texts "${TEXTS}")
foreach(text ${texts})
  string(REGEX MATCH "^([^=]+)=(.+)$" whole "${text}")
  set(name ${CMAKE_MATCH_1})
  file(READ ${CMAKE_MATCH_2} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "(char)0x\\1," bytes "${hex}")
  string(APPEND code "\nconst char ${name}[] = {${bytes}0};\n")
endforeach()
file(WRITE ${OUTPUT} "${code}")
