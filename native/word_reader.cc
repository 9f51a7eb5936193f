#include "word_reader.h"

namespace unroll {

bool WordReader::fail(const std::string& what) {
  if (error_.empty()) error_ = what + " (near word " + std::to_string(at_) + ")";
  return false;
}

int64_t WordReader::word() {
  if (at_ < end_) return words_[at_++];
  fail("the program ends inside an instruction");
  return 0;
}

int64_t WordReader::word(int64_t low, int64_t high, const char* what) {
  const int64_t value = word();
  if (!failed() && (value < low || value > high))
    fail(std::string(what) + " is " + std::to_string(value) + ", outside " + std::to_string(low) + ".." +
         std::to_string(high));
  return failed() ? low : value;
}

}  // namespace unroll
