// credential_process of a profile: a command that prints credentials.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "base/macros.h"
#include "s3/credentials.h"
#include "s3/sha256.h"

extern char** environ;  // NOLINT: POSIX wants this declaration, glibc has one of its own

namespace veneer::s3 {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kMostOutput = size_t{64} << 10;
constexpr std::chrono::seconds kLongest{60};

struct Child {
  pid_t pid = -1;
  int output = -1;
};

Result<Child> start(const std::string& command) {
  int ends[2];
  if (::pipe(ends) != 0) return Status::io("credential_process: no pipe");
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // The caller's thread may have signals blocked; the command begins with none.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string shell = "sh";
  std::string flag = "-c";
  std::string text = command;
  char* arguments[] = {shell.data(), flag.data(), text.data(), nullptr};
  Child child;
  const int failed =
      ::posix_spawn(&child.pid, "/bin/sh", &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(ends[1]);
  if (failed != 0) {
    ::close(ends[0]);
    return Status::io("credential_process: the shell cannot be started");
  }
  child.output = ends[0];
  return child;
}

// All output, or false where it is too long or takes too long.
bool read_output(int file, std::string* text) {
  const Clock::time_point end = Clock::now() + kLongest;
  std::array<char, 4096> part;
  while (text->size() <= kMostOutput) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd waiting{file, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&waiting, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t got = ::read(file, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    text->append(part.data(), static_cast<size_t>(got));
  }
  return false;
}

}  // namespace

Result<Credentials> process_credentials(const std::string& command) {
  VENEER_TRY(const Child child, start(command));
  std::string output;
  const bool complete = read_output(child.output, &output);
  ::close(child.output);
  if (!complete) ::kill(child.pid, SIGKILL);
  int outcome = 0;
  pid_t waited;
  do {
    waited = ::waitpid(child.pid, &outcome, 0);
  } while (waited < 0 && errno == EINTR);
  // A program that ignores SIGCHLD leaves no outcome to wait for; the output then decides.
  const bool failed = waited == child.pid && (!WIFEXITED(outcome) || WEXITSTATUS(outcome) != 0);
  if (!complete || failed) {
    wipe(&output);
    return Status::access_denied(
        complete ? "credential_process failed"
                 : "credential_process printed too much or took longer than a minute");
  }
  auto found = parse_json_credentials(output, true);
  wipe(&output);
  return found;
}

}  // namespace veneer::s3
