// The only macros of the library's own code.
#pragma once

#include "veneer/status.h"

#define VENEER_CONCAT_INNER(a, b) a##b
#define VENEER_CONCAT(a, b) VENEER_CONCAT_INNER(a, b)

/// VENEER_TRY(auto value, expression_giving_a_Result); returns the status from the enclosing
/// function where there is no value.
#define VENEER_TRY(declaration, expression) \
  VENEER_TRY_INNER(VENEER_CONCAT(veneer_result_, __LINE__), declaration, expression)
#define VENEER_TRY_INNER(result, declaration, expression) \
  auto result = (expression);                             \
  if (!result.ok()) [[unlikely]]                          \
    return std::move(result).status();                    \
  declaration = *std::move(result)

/// VENEER_CHECK(expression_giving_a_Status); returns it from the enclosing function unless ok.
#define VENEER_CHECK(expression)                                                         \
  do {                                                                                   \
    if (::veneer::Status veneer_status = (expression); !veneer_status.ok()) [[unlikely]] \
      return veneer_status;                                                              \
  } while (false)
