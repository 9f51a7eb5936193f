// The exported functions of the addon: each checks its arguments and calls the core. All state belongs to the
// Node-API environment, so every worker thread has its own.
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <chrono>
#include <cstring>
#include <memory>

#include "args.h"
#include "isa.h"
#include "pool.h"
#include "program.h"

namespace unroll {

namespace {

constexpr double kMaxSize = 2147483647.0, kMaxWord = 4294967295.0, kMaxThreads = 256;
constexpr napi_type_tag kProgramTag = {0x6e726f6c6c2d7072, 0x6f6772616d2d3031};

struct Environment {
  Pool pool;
  const KernelTable* table = best_isa();
  std::weak_ptr<ScratchBuffer> scratch;  // kept by the programs that use it
};

Environment& environment(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Environment*>(data);
}

napi_value text(napi_env env, const char* value) {
  napi_value result;
  return napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result) == napi_ok ? result : nullptr;
}

napi_value number(napi_env env, double value) {
  napi_value result;
  return napi_create_double(env, value, &result) == napi_ok ? result : nullptr;
}

/** The program of a handle; null after an exception was thrown. */
Program* program_of(napi_env env, napi_value handle, const char* function) {
  bool tagged = false;
  void* data = nullptr;
  napi_valuetype type;
  if (napi_typeof(env, handle, &type) != napi_ok || type != napi_object ||
      napi_check_object_type_tag(env, handle, &kProgramTag, &tagged) != napi_ok || !tagged) {
    throw_type(env, std::string(function) + ": handle must come from load()");
  } else if (napi_unwrap(env, handle, &data) != napi_ok) {
    throw_type(env, std::string(function) + ": the program has been disposed");
    data = nullptr;
  }
  return static_cast<Program*>(data);
}

void free_program(napi_env, void* data, void*) { delete static_cast<Program*>(data); }

napi_value load(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(load, 3);
  UNROLL_ARRAY(0, code, int32_t, napi_int32_array, Int32Array);
  UNROLL_ARRAY(1, consts, double, napi_float64_array, Float64Array);
  UNROLL_NUMBER(2, size, 0, kMaxSize);
  std::string error;
  auto program = decode(code.data, code.length, consts.data, consts.length, (int64_t)size,
                        *environment(env).table, error);
  if (!program) return throw_range(env, "load: malformed program: " + error);
  Environment& own = environment(env);
  program->scratch = own.scratch.lock();
  if (!program->scratch) own.scratch = program->scratch = std::make_shared<ScratchBuffer>();
  napi_value handle;
  if (napi_create_object(env, &handle) != napi_ok ||
      napi_type_tag_object(env, handle, &kProgramTag) != napi_ok ||
      napi_wrap(env, handle, program.get(), free_program, nullptr, nullptr) != napi_ok)
    return nullptr;
  program.release();
  return handle;
}

napi_value run(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(run, 7);
  Program* program = program_of(env, argv[0], "run");
  if (!program) return nullptr;
  UNROLL_ARRAY(1, arena, float, napi_float32_array, Float32Array);
  UNROLL_NUMBER(2, seedLo, 0, kMaxWord);
  UNROLL_NUMBER(3, seedHi, 0, kMaxWord);
  UNROLL_NUMBER(4, step, 0, kMaxWord);
  Elements<int32_t> cancel;
  if (!is_nullish(env, argv[5]) &&
      (!elements_of(env, argv[5], napi_int32_array, cancel) || cancel.length == 0))
    return throw_type(env, "run: cancel must be null or an Int32Array with at least one element");
  UNROLL_NUMBER(6, threads, 1, kMaxThreads);
  if ((int64_t)arena.length < program->size)
    return throw_range(env, "run: arena has " + std::to_string(arena.length) +
                                " elements, the program needs " + std::to_string(program->size));
  const Counter counter = {(uint32_t)seedLo, (uint32_t)seedHi, (uint32_t)step, 0};
  const Outcome outcome =
      run(*program, {arena.data, counter, cancel.data, (int)threads}, environment(env).pool);
  if (outcome == Outcome::kNoMemory) {
    napi_throw_error(env, nullptr, "run: there is no memory for the program's scratch space");
    return nullptr;
  }
  napi_value result;
  return napi_get_boolean(env, outcome == Outcome::kFinished, &result) == napi_ok ? result : nullptr;
}

napi_value dispose(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(dispose, 1);
  void* data = nullptr;
  bool tagged = false;
  napi_valuetype type;
  if (napi_typeof(env, argv[0], &type) != napi_ok || type != napi_object ||
      napi_check_object_type_tag(env, argv[0], &kProgramTag, &tagged) != napi_ok || !tagged)
    return throw_type(env, "dispose: handle must come from load()");
  if (napi_remove_wrap(env, argv[0], &data) == napi_ok)
    delete static_cast<Program*>(data);  // a second call has no effect
  return nullptr;
}

napi_value scratch(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(scratch, 2);
  Program* program = program_of(env, argv[0], "scratch");
  if (!program) return nullptr;
  UNROLL_NUMBER(1, threads, 1, kMaxThreads);
  return number(env, sizeof(float) * (double)scratch_floats(*program, (int)threads));
}

napi_value reserved(napi_env env, napi_callback_info) {
  const auto scratch = environment(env).scratch.lock();
  return number(env, scratch ? sizeof(float) * (double)scratch->size() : 0);
}

napi_value isa(napi_env env, napi_callback_info) { return text(env, environment(env).table->name); }

napi_value rounded(napi_env env, napi_callback_info) { return text(env, environment(env).table->rounded); }

napi_value set_isa(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(setIsa, 1);
  char name[32];
  size_t length = 0;
  if (napi_get_value_string_utf8(env, argv[0], name, sizeof name, &length) != napi_ok)
    return throw_type(env, "setIsa: name must be a string");
  const KernelTable* table = find_isa(name);
  if (!table) return throw_range(env, std::string("setIsa: this machine does not run ") + name);
  environment(env).table = table;
  return nullptr;
}

napi_value supported(napi_env env, napi_callback_info) {
  napi_value list;
  if (napi_create_array(env, &list) != napi_ok) return nullptr;
  uint32_t n = 0;
  for (const KernelTable* const* table = supported_isas(); *table; table++)
    napi_set_element(env, list, n++, text(env, (*table)->name));
  return list;
}

napi_value fma_peak(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(fmaPeak, 1);
  UNROLL_NUMBER(0, ms, 1, 60000);
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds((int64_t)ms);
  double best = 0;  // GFLOP/s of the fastest sample of about 0.1 ms, since other processes use this core too
  while (Clock::now() < end) {
    const auto start = Clock::now();
    const double flops = environment(env).table->fma_chains(50000);
    const double ns =
        (double)std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    best = std::max(best, flops / ns);
  }
  return number(env, best);
}

napi_value align(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(align, 1);
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_arraybuffer_info(env, argv[0], &data, &length) != napi_ok)
    return throw_type(env, "align: buffer must be an ArrayBuffer");
  return number(env, (double)(-reinterpret_cast<uintptr_t>(data) & 63));
}

/** Requests huge pages where the system has them: fewer TLB misses in a large arena. */
napi_value large_pages(napi_env env, napi_callback_info info) {
  UNROLL_ARGS(largePages, 1);
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_arraybuffer_info(env, argv[0], &data, &length) != napi_ok)
    return throw_type(env, "largePages: buffer must be an ArrayBuffer");
#ifdef MADV_HUGEPAGE
  constexpr uintptr_t kLarge = 1 << 21;
  const auto start = reinterpret_cast<uintptr_t>(data), first = (start + kLarge - 1) & ~(kLarge - 1);
  const uintptr_t last = (start + length) & ~(kLarge - 1);
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);  // only advice
#endif
  return nullptr;
}

struct Export {
  const char* name;
  napi_callback function;
};
constexpr Export kExports[] = {
    {"load", load},           {"run", run},          {"dispose", dispose}, {"isa", isa}, {"setIsa", set_isa},
    {"rounded", rounded},     {"scratch", scratch},   {"reserved", reserved},
    {"supported", supported}, {"fmaPeak", fma_peak}, {"align", align},
    {"largePages", large_pages},
};

}  // namespace

static napi_value init(napi_env env, napi_value exports) {
  const auto free_environment = [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); };
  auto environment = std::make_unique<Environment>();
  if (napi_set_instance_data(env, environment.get(), free_environment, nullptr) != napi_ok) return nullptr;
  environment.release();
  for (const auto& [name, function] : kExports) {
    napi_value value;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value) != napi_ok ||
        napi_set_named_property(env, exports, name, value) != napi_ok)
      return nullptr;
  }
  return exports;
}

}  // namespace unroll

NAPI_MODULE_INIT() { return unroll::init(env, exports); }
