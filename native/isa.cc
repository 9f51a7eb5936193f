#include "isa.h"

#include <cstring>

#ifdef UNROLL_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace unroll {

namespace {

struct List {
  const KernelTable* tables[7] = {};
};

#ifdef UNROLL_AMX
/** True if the processor has AMX with bfloat16 and the system permits this process to use it. */
bool has_tiles() {
  constexpr unsigned kSavedByOs = 1u << 27, kBf16 = 1u << 22, kTile = 1u << 24;
  constexpr unsigned kTileState = 3u << 17;  // configuration and data, in XCR0
  constexpr long kRequest = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & kSavedByOs)) return false;
  unsigned low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & kTileState) != kTileState) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & kBf16) || !(d & kTile)) return false;
  return syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
}
#endif

List detect() {
  List list;
  int n = 0;
#ifdef UNROLL_ARCH_x64
  __builtin_cpu_init();
  const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (wide && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
#ifdef UNROLL_AMX
    if (has_tiles()) list.tables[n++] = &avx512::tiles_table;
#endif
    list.tables[n++] = &avx512::table;
  }
  if (wide) list.tables[n++] = &avx2::table;
  // For tests: the code of avx512 on narrower vectors, and its AMX code with tiles as plain loops.
  if (wide) list.tables[n++] = &avx2x16::table, list.tables[n++] = &avx2x16::tiles_table;
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
