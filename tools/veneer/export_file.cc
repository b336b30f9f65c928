#include "export_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace cli {

ExportFile::~ExportFile() {
  if (fd_ < 0) return;
  run_->redirect(nullptr);
  ::close(fd_);
}

bool ExportFile::open() {
  if (!plan_.resume.empty()) {
    veneer::Result<std::optional<ResumeState>> loaded = load_resume_file(plan_.resume);
    if (!loaded) {
      run_->fail(loaded.status(), plan_.resume);
      return false;
    }
    if (loaded->has_value()) {
      state_ = **std::move(loaded);
      if (state_.output != plan_.output || state_.format != plan_.format) {
        run_->wrong_use(plan_.resume + " is of an export to " +
                        (state_.output.empty() ? "standard output" : "'" + state_.output + "'") +
                        " as " + state_.format + "; remove it to begin anew");
        return false;
      }
      goes_on_ = true;
    }
  }
  state_.format = plan_.format;
  state_.output = plan_.output;
  return plan_.output.empty() || open_output();
}

bool ExportFile::open_output() {
  const char* name = plan_.output.c_str();
  fd_ = ::open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  struct stat status {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) {
    run_->fail(plan_.output, "io", std::strerror(errno));
    return false;
  }
  const bool regular = S_ISREG(status.st_mode);
  if (!regular && !plan_.resume.empty()) {
    run_->wrong_use("--resume wants a regular file as --output, which " + plan_.output + " is not");
    return false;
  }
  if (regular && status.st_size < state_.output_bytes) {
    run_->fail(plan_.output, "corrupt",
               "is shorter than the " + std::to_string(state_.output_bytes) +
                   " bytes that were written according to " + plan_.resume);
    return false;
  }
  if (regular && (ftruncate(fd_, state_.output_bytes) != 0 || lseek(fd_, 0, SEEK_END) < 0)) {
    run_->fail(plan_.output, "io", std::strerror(errno));
    return false;
  }
  file_ = std::make_unique<Out>(fd_);
  run_->redirect(file_.get());
  return true;
}

bool ExportFile::begin(std::string header) {
  if (goes_on_ && state_.header != header) {
    run_->wrong_use(plan_.resume + " is of an export with the columns " + state_.header +
                    ", now they are " + header + "; --columns keeps them, removing it begins anew");
    return false;
  }
  state_.header = std::move(header);
  begun_ = true;
  return true;
}

void ExportFile::covered(int64_t rows, const TokenOf& token) {
  if (plan_.resume.empty()) return;
  const int64_t begin = now_in_millis();
  if (begin < save_at_) return;
  save(token(), rows);
  const int64_t end = now_in_millis();
  save_at_ = end + std::clamp<int64_t>(20 * (end - begin), 100, 5000);
}

bool ExportFile::save(std::string token, int64_t rows) {
  if (plan_.resume.empty() || kept_ || !begun_) return true;
  if (failed_) return false;
  // Whoever does not get the rows (a closed pipe, a full disk) shall get them from the next run.
  if (!run_->out().flush()) return false;
  if (fd_ >= 0) {
    const off_t end = lseek(fd_, 0, SEEK_CUR);
    if (end < 0 || fdatasync(fd_) != 0) {
      run_->fail(plan_.output, "io", std::strerror(errno));
      failed_ = true;
      return false;
    }
    state_.output_bytes = end;
  }
  state_.token = std::move(token);
  state_.rows = rows;
  const veneer::Status saved = save_resume_file(plan_.resume, state_);
  if (saved.ok()) return true;
  run_->fail(saved, plan_.resume);
  failed_ = true;
  return false;
}

bool ExportFile::close(int64_t rows, const TokenOf& token) {
  const bool saved = save(plan_.resume.empty() ? "" : token(), rows);
  if (fd_ < 0) return saved;
  file_->flush();
  const int error = file_->error();
  run_->redirect(nullptr);
  if (error != 0) run_->fail(plan_.output, "io", std::strerror(error));
  if (::close(fd_) != 0 && error == 0) run_->fail(plan_.output, "io", std::strerror(errno));
  fd_ = -1;
  return saved && error == 0;
}

}  // namespace cli
