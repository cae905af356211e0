# The same seed gives the same run, down to every line but the time it took; another seed gives another.

function(run out)
  execute_process(COMMAND "${PROGRAM}" --messages 400 --loss 10 --alter 5 --duplicate 5 --reorder 10 --cuts 4
    --crashes 6 ${ARGN} OUTPUT_VARIABLE said RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ${ARGN} ended with ${result}\n${said}")
  endif()
  string(REGEX REPLACE "time taken[^\n]*" "" said "${said}")
  set(${out} "${said}" PARENT_SCOPE)
endfunction()

run(first --seed 7)
run(second --seed 7)
run(other --seed 8)
if(NOT first STREQUAL second)
  message(FATAL_ERROR "two runs of one seed differ\n${first}\n----\n${second}")
endif()
if(first STREQUAL other)
  message(FATAL_ERROR "two seeds gave the same run\n${first}")
endif()
