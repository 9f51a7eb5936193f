#include "isa.h"

#include <cstring>

namespace unroll {

namespace {

struct List {
  const KernelTable* tables[5] = {};
};

List detect() {
  List list;
  int n = 0;
#ifdef UNROLL_ARCH_x64
  __builtin_cpu_init();
  const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (wide && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    list.tables[n++] = &avx512::table;
  if (wide) list.tables[n++] = &avx2::table;
  if (wide) list.tables[n++] = &avx2x16::table;  // the code of avx512 on narrower vectors, for tests
#endif
  list.tables[n++] = &portable::table;
  return list;
}

}  // namespace

const KernelTable* const* supported_isas() {
  static const List list = detect();
  return list.tables;
}

const KernelTable* best_isa() { return supported_isas()[0]; }

const KernelTable* find_isa(const char* name) {
  for (const KernelTable* const* table = supported_isas(); *table; table++)
    if (std::strcmp((*table)->name, name) == 0) return *table;
  return nullptr;
}

}  // namespace unroll
