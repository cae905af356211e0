# One test a mistake: tests/mistakes/<id>.mistake, see tests/mistakes/README.md. The driver is a shell script that calls
# the compiler itself, because a mistake is another set of headers; it needs to know how third parties are linked.

vidimus_wants(wanted mistakes)
if(NOT wanted)
  return()
endif()

# Appends to `out` what the linker is given for a target and those behind it.
function(vidimus_link_arguments out)
  foreach(item IN LISTS ARGN)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" item "${item}")
    if(TARGET "${item}")
      get_target_property(type ${item} TYPE)
      if(NOT type STREQUAL "INTERFACE_LIBRARY")
        list(APPEND ${out} "$<TARGET_FILE:${item}>")
      endif()
      get_target_property(behind ${item} INTERFACE_LINK_LIBRARIES)
      if(behind)
        vidimus_link_arguments(${out} ${behind})
      endif()
    elseif(item MATCHES "^(/|-)")
      list(APPEND ${out} "${item}")
    elseif(item MATCHES "^[A-Za-z0-9_+.-]+$")
      list(APPEND ${out} "-l${item}")
    endif()
  endforeach()
  set(${out} "${${out}}" PARENT_SCOPE)
endfunction()

set(link_arguments "")
vidimus_link_arguments(link_arguments vidimus::vidimus catch-header)
foreach(store sqlite postgresql)
  if(TARGET vidimus::${store})
    vidimus_link_arguments(link_arguments vidimus::${store})
  endif()
endforeach()
list(REMOVE_DUPLICATES link_arguments)

# The headers of Vidimus are left out: the driver puts the mistaken ones in their place.
string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" root_regex "${PROJECT_SOURCE_DIR}")
set(all "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:unit,INCLUDE_DIRECTORIES>>")
set(foreign "$<FILTER:${all},EXCLUDE,^${root_regex}/(include|tests)$>")
set(defines "")
if(TARGET postgresql-server)
  list(APPEND foreign "$<TARGET_PROPERTY:unit-postgresql_server,INCLUDE_DIRECTORIES>")
  set(foreign "$<REMOVE_DUPLICATES:$<FILTER:${foreign},EXCLUDE,^${root_regex}/(include|tests)$>>")
  set(defines "-DVIDIMUS_POSTGRESQL_BIN=\"${postgresql_bin}\"")
endif()

set(mistake_dir "${CMAKE_CURRENT_BINARY_DIR}/mistakes")
# Each mistake is compiled anew, without optimisation: clang++ takes half of the time of g++ for that.
find_program(VIDIMUS_MISTAKE_COMPILER NAMES clang++ DOC "Compiles the mistakes; without it the compiler of the project")
if(VIDIMUS_MISTAKE_COMPILER)
  set(mistake_compiler "${VIDIMUS_MISTAKE_COMPILER}")
else()
  set(mistake_compiler "${CMAKE_CXX_COMPILER}")
endif()
file(GENERATE OUTPUT "${mistake_dir}/settings" CONTENT
"compiler='${mistake_compiler}'
root='${PROJECT_SOURCE_DIR}'
work='${mistake_dir}'
includes='$<JOIN:$<$<BOOL:${foreign}>:-I$<JOIN:${foreign}, -I>>, > ${defines}'
libraries='$<JOIN:${link_arguments}, >'
catch_main='$<TARGET_OBJECTS:catch-main>'
simulator_arguments='$<JOIN:${VIDIMUS_SIMULATOR_ARGS}, >'
explorer_arguments='$<JOIN:${VIDIMUS_EXPLORER_ARGS}, >'
")

set(driver sh "${CMAKE_CURRENT_SOURCE_DIR}/mistakes/run")
vidimus_sources(mistake_files mistakes/*.mistake)
if(NOT TARGET vidimus::sqlite)
  list(FILTER mistake_files EXCLUDE REGEX "/sqlite_[^/]*$")
endif()
if(NOT TARGET postgresql-server)
  list(FILTER mistake_files EXCLUDE REGEX "/postgresql_[^/]*$")
endif()
foreach(file IN LISTS mistake_files)
  get_filename_component(name "${file}" NAME_WE)
  vidimus_test(mistakes mistake.${name} 600 COMMAND ${driver} "${mistake_dir}/settings" "${file}")
endforeach()
vidimus_test(mistakes mistakes.driver 300 COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/mistakes/driver_test"
  "${mistake_dir}/settings")
