// The words of an encoded program (encode.ts), read in order. Keeps the first error, with its position; after
// an error every word reads as a value in range.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace unroll {

class WordReader {
 public:
  WordReader(const int32_t* words, size_t count) : words_(words), end_(count) {}

  /** Records an error, unless there is one already; returns false. */
  bool fail(const std::string& what);
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }

  int64_t word();
  /** A word that must be in low..high; `what` names it in the error. */
  int64_t word(int64_t low, int64_t high, const char* what);

  size_t at() const { return at_; }
  /** Index after the last word of the current instruction. */
  size_t end() const { return end_; }
  void set_end(size_t end) { end_ = end; }

 private:
  const int32_t* words_;
  size_t at_ = 0, end_;
  std::string error_;
};

}  // namespace unroll
