#include "veneer/scan.h"

#include "base/macros.h"
#include "scan/batch_state.h"
#include "scan/pipeline.h"

namespace veneer {

ScanBatch::ScanBatch() noexcept = default;
ScanBatch::ScanBatch(ScanBatch&&) noexcept = default;
ScanBatch& ScanBatch::operator=(ScanBatch&&) noexcept = default;
ScanBatch::~ScanBatch() = default;

size_t ScanBatch::num_rows() const noexcept { return state_ == nullptr ? 0 : state_->rows; }
size_t ScanBatch::num_columns() const noexcept {
  return state_ == nullptr ? 0 : state_->columns.size();
}
const Column& ScanBatch::column(size_t i) const noexcept { return state_->columns[i]; }
const Column* ScanBatch::find(const Field& field) const noexcept {
  return state_ == nullptr ? nullptr : state_->columns.find(field);
}
std::string_view ScanBatch::key() const noexcept {
  return state_ == nullptr ? std::string_view() : state_->object->key;
}
int64_t ScanBatch::first_row() const noexcept { return state_ == nullptr ? 0 : state_->first_row; }
int64_t ScanBatch::row_number(size_t i) const noexcept {
  return state_ == nullptr ? 0 : state_->row_number(i);
}
int32_t ScanBatch::row_group() const noexcept { return state_ == nullptr ? 0 : state_->row_group; }
Partition ScanBatch::partition() const noexcept {
  if (state_ == nullptr) return {};
  return {state_->object->key, state_->object->values};
}

Result<Scan> Scan::open(std::unique_ptr<Lister> lister, ScanOptions options) {
  VENEER_TRY(std::unique_ptr<scan::Pipeline> pipeline,
             scan::Pipeline::start(std::move(lister), std::move(options)));
  return Scan(std::move(pipeline));
}
Result<Scan> Scan::open(const std::string& location, ScanOptions options) {
  VENEER_TRY(std::unique_ptr<Lister> lister, list_glob(location));
  return open(std::move(lister), std::move(options));
}

Scan::Scan(std::unique_ptr<scan::Pipeline> pipeline) noexcept : pipeline_(std::move(pipeline)) {}
Scan::Scan(Scan&&) noexcept = default;
Scan& Scan::operator=(Scan&&) noexcept = default;
Scan::~Scan() = default;

Result<const Schema*> Scan::schema() { return pipeline_->schema(); }
bool Scan::next(ScanBatch* batch) { return pipeline_->next(batch); }
Status Scan::status() const { return pipeline_->status(); }
void Scan::cancel() noexcept { pipeline_->cancel(); }
ScanStats Scan::stats() const { return pipeline_->stats(); }
std::string Scan::token() const { return pipeline_->token(); }
Result<std::vector<std::string>> Scan::parts(std::unique_ptr<Lister> lister,
                                             const ScanOptions& options, int32_t count) {
  return scan::Pipeline::parts(std::move(lister), options, count);
}

}  // namespace veneer
