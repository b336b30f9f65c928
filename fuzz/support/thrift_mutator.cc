// The mutator of targets whose input is one Thrift struct, perhaps with a byte before it: changes
// values of the struct as often as bytes.
#include "fuzz/support/thrift_value.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace veneer::fuzz;
  std::minstd_rand random(seed);
  if (random() % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  for (size_t before = 0; before < 2 && before < size; ++before) {
    size_t used = 0;
    auto tree = ThriftValue::parse({data + before, size - before}, &used);
    if (!tree || used < 2) continue;
    for (size_t n = 1 + random() % 3; n > 0; --n) mutate(&*tree, random);
    const Bytes written = tree->write();
    if (before + written.size() > max_size) break;
    std::copy(written.begin(), written.end(), data + before);
    return before + written.size();
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
