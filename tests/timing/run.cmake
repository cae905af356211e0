# Counts the instructions of a comparison for codes that differ in different places; all counts must be equal. The
# early comparison must be told from it, else the counting is worth nothing. Variables: VALGRIND, PROGRAM, WORK.

function(instructions out what at mask)
  execute_process(
    COMMAND "${VALGRIND}" --tool=callgrind "--toggle-collect=measured_${what}" "--callgrind-out-file=${WORK}.out"
      "${PROGRAM}" ${what} ${at} ${mask}
    OUTPUT_VARIABLE said ERROR_VARIABLE told RESULT_VARIABLE code)
  if(NOT code EQUAL 0 OR NOT told MATCHES "Collected : ([0-9]+)" OR CMAKE_MATCH_1 EQUAL 0)
    message(FATAL_ERROR "no count for ${what} ${at} ${mask} (${code}): ${said}${told}")
  endif()
  set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

function(counts out what)
  set(all "")
  foreach(case IN LISTS ARGN)
    string(REPLACE ":" ";" case "${case}")
    instructions(count ${what} ${case})
    string(REPLACE ";" " " case "${case}")
    message(STATUS "${what}, octet ${case}: ${count} instructions")
    list(APPEND all ${count})
  endforeach()
  list(REMOVE_DUPLICATES all)
  set(${out} "${all}" PARENT_SCOPE)
endfunction()

counts(equal equal none:0 0:1 0:255 7:16 15:128 16:1 31:1 31:255)
counts(verify verify 0:1 0:255 1:1 7:16 8:2 15:1 15:255)
counts(early early 0:1 31:1)
list(LENGTH equal equal_kinds)
list(LENGTH verify verify_kinds)
list(LENGTH early early_kinds)
if(NOT equal_kinds EQUAL 1 OR NOT verify_kinds EQUAL 1)
  message(FATAL_ERROR "the work depends on where codes differ: equal ${equal}; verify ${verify}")
endif()
if(early_kinds EQUAL 1)
  message(FATAL_ERROR "the counting does not tell an early end from constant time")
endif()
