// Argument checks of exported functions: each macro checks one argument and throws an error that names the
// function and the argument.
#pragma once
#include <node_api.h>

#include <cmath>
#include <cstdint>
#include <string>

namespace unroll {

/** The elements of a typed array, valid until the function returns. */
template <class T>
struct Elements {
  T* data = nullptr;
  size_t length = 0;
};

inline napi_value throw_type(napi_env env, const std::string& message) {
  napi_throw_type_error(env, nullptr, message.c_str());
  return nullptr;
}
inline napi_value throw_range(napi_env env, const std::string& message) {
  napi_throw_range_error(env, nullptr, message.c_str());
  return nullptr;
}

template <class T>
bool elements_of(napi_env env, napi_value value, napi_typedarray_type type, Elements<T>& out) {
  bool is_typed = false;
  napi_typedarray_type actual;
  void* data = nullptr;
  if (napi_is_typedarray(env, value, &is_typed) != napi_ok || !is_typed) return false;
  if (napi_get_typedarray_info(env, value, &actual, &out.length, &data, nullptr, nullptr) != napi_ok)
    return false;
  out.data = static_cast<T*>(data);
  return actual == type;
}

inline bool is_nullish(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && (type == napi_null || type == napi_undefined);
}

}  // namespace unroll

#define UNROLL_ARGS(function, count)                                                         \
  [[maybe_unused]] const char* const function_name = #function;                              \
  size_t argc = count;                                                                       \
  napi_value argv[count > 0 ? count : 1];                                                    \
  if (napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr) != napi_ok) return nullptr; \
  if (argc < count) return throw_type(env, #function " takes " #count " arguments")

#define UNROLL_NUMBER(index, name, low, high)                                            \
  double name = 0;                                                                       \
  if (napi_get_value_double(env, argv[index], &name) != napi_ok)                         \
    return throw_type(env, std::string(function_name) + ": " #name " must be a number"); \
  if (!(name >= (low) && name <= (high)) || std::floor(name) != name)                    \
  return throw_range(env,                                                                \
                     std::string(function_name) + ": " #name " must be a whole number in " #low ".." #high)

#define UNROLL_ARRAY(index, name, ctype, kind, jstype) \
  Elements<ctype> name;                                \
  if (!elements_of(env, argv[index], kind, name))      \
  return throw_type(env, std::string(function_name) + ": " #name " must be a " #jstype)
