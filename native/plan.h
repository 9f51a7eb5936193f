// Checked views -> plan of a kernel call: collapsed shapes, the code path, its scratch memory, and whether it
// is worth several threads.
#pragma once
#include "program.h"

namespace unroll {

/** The scratch memory that a call needs, and whether it runs on several threads. */
struct Workspace {
  bool parallel = false;
  int64_t pack_a = 0, shared = 0, per_thread = 0;  // floats
};

/** Number of operands of a function. */
int arity(Fn fn);
/**
 * If every result is select(g, x, old value of the output) of one scalar input g: replaces the results by x
 * and returns the index of g, else returns -1. Such a call can be skipped where g is 0.
 */
int take_guard(const View* outs, int n_outs, const View* ins, int n_ins, const std::vector<EwOp>& code,
               std::vector<int>& results);
/** Merges two operations into a pair (pair_of) if only the second reads the first; removes unread operations.
 */
void fuse(std::vector<EwOp>& code, std::vector<int>& results, std::vector<float>& constants, int n_ins);
/** outs and ins have one shape; the code's registers and results are in range. Assigns strips of scratch. */
OwnedEw plan_ew(const View* outs, int n_outs, const View* ins, int n_ins, std::vector<EwOp> code,
                std::vector<int> results, std::vector<float> constants, int width, Workspace& workspace);
GemmPlan plan_gemm(const View& out, const View& a, const View& b, const View* c, bool packed,
                   Precision precision, const KernelTable& table, Workspace& workspace);
/** `y` and `c` may be null. */
ReducePlan plan_reduce(const View& out, const View& in, const View* y, const View* c, ReducePlan::Fold fold,
                       Workspace& workspace);
GuardPlan plan_guard(const View& when);
/** Upper bound in floats on a packed b (K,N): packedSize of program.ts. */
int64_t packed_size(int64_t K, int64_t N, Precision precision, int panel);
bool worth_sharing(int64_t work);

}  // namespace unroll
