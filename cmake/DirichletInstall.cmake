message(STATUS "no install rules yet")
