// From checked views to what a kernel needs: collapsed shapes, the path it takes, the scratch it uses,
// whether several threads are worth it.
#pragma once
#include "program.h"

namespace unroll {

/** What a plan adds to its instruction and to the program's scratch. */
struct Needs {
  bool parallel = false;
  int64_t pack_a = 0, shared = 0, per_thread = 0;  // floats
};

/** Operands that a function reads. */
int arity(Fn fn);
/**
 * Where every result is select(g, x, what lies there already) of one scalar g: makes x the results and returns
 * g's input, else -1. Such a call has nothing to do where g is 0.
 */
int take_guard(const View* outs, int n_outs, const View* ins, int n_ins, const std::vector<EwOp>& code,
               std::vector<int>& results);
/** Makes pairs (pair_of) of operations of which only the second reads the first; drops what nobody reads. */
void fuse(std::vector<EwOp>& code, std::vector<int>& results, std::vector<float>& constants, int n_ins);
/** outs and ins have one shape; code's registers and results are in range; slots are chosen here. */
OwnedEw plan_ew(const View* outs, int n_outs, const View* ins, int n_ins, std::vector<EwOp> code,
                std::vector<int> results, std::vector<float> constants, int width, Needs& needs);
GemmPlan plan_gemm(const View& out, const View& a, const View& b, const View* c, bool packed,
                   Precision precision, const KernelTable& table, Needs& needs);
/** `y` and `c` may be null. */
ReducePlan plan_reduce(const View& out, const View& in, const View* y, const View* c, ReducePlan::Fold fold,
                       Needs& needs);
GuardPlan plan_guard(const View& when);
/** Floats within which a packed b (K,N) stays: packedSize of program.ts. */
int64_t packed_size(int64_t K, int64_t N, Precision precision, int panel);
bool worth_sharing(int64_t work);

}  // namespace unroll
