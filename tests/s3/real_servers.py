#!/usr/bin/env python3
"""The s3 room against real servers that check signatures, on the loopback address.

    real_servers.py TOOL        TOOL is the s3_tool executable of the build

Servers are taken from PATH, or from a cache outside of the tree (VENEER_SERVER_CACHE, else
$XDG_CACHE_HOME/veneer-tests), into which they are installed from their registries when that is possible:
versitygw by go, moto by pip; MinIO only with VENEER_TEST_MINIO=1. What cannot be had is skipped, aloud.
VENEER_TEST_INSTALL=0 installs nothing. Exit 77 where no server is to be had.
"""
import datetime
import hashlib
import hmac
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zlib
from pathlib import Path

ID, SECRET = "AKIDVENEERTEST", "veneer+secret/for=tests"
CACHE = Path(os.environ.get("VENEER_SERVER_CACHE")
             or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "veneer-tests")
INSTALL = os.environ.get("VENEER_TEST_INSTALL", "1") != "0"
passed, failed, skipped = 0, 0, 0
ODD_KEYS = ["plain.bin", "year=2026/month=05/a b+c.parquet", "per%cent%20.bin", "eq=uals&amp;.bin",
            "uni-\u00e9\u20ac\U0001F600.bin", "quo'tes\".bin", "a;b:c@d,e!$*()~.bin", "#hash?query.bin", "<xml>&.bin"]
# Servers over a file system fold these.
LITERAL_KEYS = ["double//slash.bin", "trailing/", "dot/./dot.bin"]


def check(name, good, detail=""):
    global passed, failed
    if good:
        passed += 1
        print(f"  ok: {name}")
    else:
        failed += 1
        print(f"  FAILED: {name} {detail}")


def skip(what):
    global skipped
    skipped += 1
    print(f"  SKIPPED: {what}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def install(name, command, env=None):
    """Runs an installer once; its output only where it fails."""
    print(f"  installing {name} into {CACHE}", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=1500, check=False)
    if done.returncode:
        print(done.stdout[-1000:])
    return done.returncode == 0


def go_server(name, package):
    found = shutil.which(name) or shutil.which(name, path=str(CACHE / "bin"))
    if found or not INSTALL or not shutil.which("go"):
        return found
    if install(name, ["go", "install", package + "@latest"], {"GOBIN": str(CACHE / "bin")}):
        return shutil.which(name, path=str(CACHE / "bin"))
    return None


def moto_server():
    found = shutil.which("moto_server") or shutil.which("moto_server", path=str(CACHE / "moto/bin"))
    if found or not INSTALL:
        return found
    if install("moto", [sys.executable, "-m", "venv", str(CACHE / "moto")]) and install(
            "moto", [str(CACHE / "moto/bin/pip"), "install", "-q", "moto[server]"]):
        return shutil.which("moto_server", path=str(CACHE / "moto/bin"))
    return None


class Server:
    """A process that listens on a port; stopped at the end of the with block."""

    def __init__(self, command, port, env=None, log=None):
        self.command, self.port, self.env = command, port, env or {}
        self.log = open(log, "w", encoding="utf-8")

    def __enter__(self):
        keep = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.process = subprocess.Popen(self.command, env={**keep, **self.env}, stdout=self.log, stderr=self.log)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError(f"{self.command[0]} does not listen; see {self.log.name}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def quote(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


class Signer:
    """A third implementation of Signature Version 4, to fill the servers with."""

    def __init__(self, port, key_id=ID, secret=SECRET, token="", region="us-east-1", tls=None):
        self.port, self.key_id, self.secret, self.token, self.region = port, key_id, secret, token, region
        self.tls = tls
        self.connection = None

    def key(self, day, service):
        key = ("AWS4" + self.secret).encode()
        for part in (day, self.region, service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key

    def sign(self, method, path, query, headers, body_hash, now, service):
        names = ";".join(sorted(headers))
        text = "\n".join([method, path, query, *(f"{k}:{headers[k]}" for k in sorted(headers)), "", names, body_hash])
        scope = f"{now[:8]}/{self.region}/{service}/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(text.encode()).hexdigest()])
        return scope, names, hmac.new(self.key(now[:8], service), to_sign.encode(), hashlib.sha256).hexdigest()

    def request(self, method, path, body=b"", query="", service="s3", signed=True, headers=None):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        body_hash = hashlib.sha256(body).hexdigest()
        send = {"host": f"127.0.0.1:{self.port}", "x-amz-date": now, "x-amz-content-sha256": body_hash, **(headers or {})}
        if self.token:
            send["x-amz-security-token"] = self.token
        if signed:
            scope, names, signature = self.sign(method, path, query, send, body_hash, now, service)
            send["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.key_id}/{scope}, "
                                     f"SignedHeaders={names}, Signature={signature}")
        for attempt in (1, 2):
            if self.connection is None:
                kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
                extra = {"context": self.tls} if self.tls else {}
                self.connection = kind("127.0.0.1", self.port, timeout=30, **extra)
            try:
                self.connection.request(method, path + ("?" + query if query else ""), body, send)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if attempt == 2:
                    raise
        return None

    def put(self, bucket, key=None, body=b""):
        path = "/" + bucket + ("" if key is None else "/" + quote(key, "/"))
        status, answer = self.request("PUT", path, body)
        if status != 200:
            raise RuntimeError(f"PUT {path}: {status} {answer[:300]}")

    def presigned(self, bucket, key, host):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        path = f"/{bucket}/{quote(key, '/')}"
        query = "&".join(f"{k}={quote(v)}" for k, v in sorted({
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Date": now, "X-Amz-Expires": "600",
            "X-Amz-Credential": f"{self.key_id}/{now[:8]}/{self.region}/s3/aws4_request",
            "X-Amz-SignedHeaders": "host"}.items()))
        _, _, signature = self.sign("GET", path, query, {"host": host}, "UNSIGNED-PAYLOAD", now, "s3")
        return f"{path}?{query}&X-Amz-Signature={signature}"


class Tool:
    """Runs s3_tool with an environment of its own; looks for secrets in all that it says."""

    def __init__(self, path, port, scheme="http", **env):
        self.path, self.port = path, port
        self.secrets = [SECRET]
        self.env = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "no_proxy": "*",
                    "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_S3": f"{scheme}://127.0.0.1:{port}",
                    "AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, **env}

    def run(self, *words, **env):
        send = {k: v for k, v in {**self.env, **env}.items() if v is not None}
        done = subprocess.run([self.path, *words], env=send, capture_output=True, timeout=300, check=False)
        text = done.stdout + done.stderr
        for secret in [*self.secrets, send.get("AWS_SECRET_ACCESS_KEY"), send.get("AWS_SESSION_TOKEN")]:
            if secret and secret.encode() in text:
                check("no secret in what the tool says", False, str(words))
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def objects(self, bucket, prefix="", *flags, **env):
        status, out, said = self.run("ls", bucket, prefix, *flags, **env)
        parts = out.decode(errors="surrogateescape").split("\0")[:-1]
        return status, {parts[i]: (int(parts[i + 1]), int(parts[i + 2])) for i in range(0, len(parts) - 2, 3)}, said

    def keys(self, bucket, prefix="", *flags, **env):
        status, out, said = self.run("keys", bucket, prefix, *flags, **env)
        return status, out.decode(errors="surrogateescape").split("\0")[:-1], said


def body_of(key):
    return (key * 50).encode() + b"\x00\xff"


def expected(keys):
    return {k: (len(body_of(k)), zlib.crc32(body_of(k))) for k in keys}


def check_odd_keys(name, signer, tool, keys):
    signer.put("odd")
    for key in keys:
        signer.put("odd", key, body_of(key))
    status, found, said = tool.objects("odd")
    check(f"{name}: {len(keys)} odd keys, listed and read", status == 0 and found == expected(keys),
          f"{said} {sorted(set(keys) ^ set(found))}")
    for key in keys[:4]:
        status, out, said = tool.run("get", "odd", key, "3", "20")
        check(f"{name}: a range of {key!r}", status == 0 and out == body_of(key)[3:23], said)


def check_pages(name, signer, tool):
    signer.put("many")
    keys = [f"year={2020 + i % 5}/part-{i:05}.parquet" for i in range(2500)]
    for key in keys:
        signer.put("many", key, b"")
    for flags in ([], ["--page-keys=170"], ["--fan-out=4"], ["--fan-out=3", "--page-keys=99"]):
        status, found, said = tool.keys("many", "", *flags)
        ordered = found if not flags or "fan" not in flags[0] else sorted(found)
        check(f"{name}: 2,500 keys {' '.join(flags)}", status == 0 and ordered == sorted(keys), said)
    status, found, said = tool.keys("many", "", "--below=year=2021/", "--below=year=2023/")
    check(f"{name}: only below two prefixes", status == 0 and len(found) == 1000, said)


def check_refusals(name, tool, code="SignatureDoesNotMatch"):
    status, _, said = tool.keys("odd", AWS_SECRET_ACCESS_KEY="wrong-secret-that-is-one")
    check(f"{name}: a wrong secret", status == 1 and "access_denied" in said and "403" in said and code in said, said)
    status, _, said = tool.keys("odd", AWS_ACCESS_KEY_ID="AKIDUNKNOWN")
    check(f"{name}: an unknown key", status == 1 and "access_denied" in said, said)
    status, _, said = tool.run("get", "odd", "none/at all", "0", "5")
    check(f"{name}: no such key", status == 1 and "not_found" in said and "NoSuchKey" in said, said)
    status, _, said = tool.keys("no-such-bucket")
    check(f"{name}: no such bucket", status == 1 and "not_found" in said and "NoSuchBucket" in said, said)


def check_requests(name, signer, tool):
    signer.put("odd", "big.bin", bytes(range(256)) * 8000)
    status, out, said = tool.run("get", "odd", "big.bin", "1000", "100000")
    check(f"{name}: open and one range are two requests", status == 0 and "requests=2 list=0 get=2" in said
          and out == (bytes(range(256)) * 8000)[1000:101000], said)


def check_change(name, signer, tool):
    signer.put("odd", "changing.bin", b"a" * 100_000)
    send = {k: v for k, v in tool.env.items() if v is not None}
    with subprocess.Popen([tool.path, "changed", "odd", "changing.bin"], env=send, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        opened = process.stdout.readline()
        signer.put("odd", "changing.bin", b"b" * 100_000)
        _, said = process.communicate("go\n", timeout=60)
    check(f"{name}: an object that changes", opened == "opened\n" and process.returncode == 1
          and "has changed" in said, said)


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec* out) {
  int (*real)(clockid_t, struct timespec*) = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(id, out);
  if (id == CLOCK_REALTIME) out->tv_sec -= 2 * 86400;
  return result;
}
time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
"""


def check_clock(name, tool, work):
    """With a clock that is two days late, by a library laid over the C library's."""
    compiler = shutil.which("cc")
    library = work / "clock.so"
    (work / "clock.c").write_text(CLOCK, encoding="ascii")
    if not compiler or subprocess.run([compiler, "-shared", "-fPIC", "-o", library, work / "clock.c", "-ldl"],
                                      check=False).returncode:
        return skip(f"{name}: a wrong clock: it wants a C compiler")
    if b"__asan_init" in Path(tool.path).read_bytes():
        return skip(f"{name}: a wrong clock: a sanitizer wants to be the first library")
    status, found, said = tool.keys("odd", LD_PRELOAD=str(library))
    check(f"{name}: a wrong clock is corrected", status == 0 and "big.bin" in found and "retries=1" in said, said)
    return None


def make_certificates(folder):
    """A private authority, and a server's certificate by it; None without openssl."""
    if not shutil.which("openssl"):
        return None
    run = lambda *words: subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
        "-subj", "/CN=veneer test authority")
    run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n", encoding="ascii")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
        "-extfile", "ext", "-out", "server.pem")
    return folder


def test_versitygw(path, tool_path, work):
    print("versitygw")
    server = go_server("versitygw", "github.com/versity/versitygw/cmd/versitygw")
    if not server:
        return skip("versitygw: neither on PATH nor to be installed (wants go)")
    env = {"ROOT_ACCESS_KEY": ID, "ROOT_SECRET_KEY": SECRET}

    def start(*flags):
        port = free_port()
        root = Path(tempfile.mkdtemp(dir=work))
        command = [server, "--port", f"127.0.0.1:{port}", "--keep-alive", "--quiet", *flags, "posix", str(root)]
        return Server(command, port, env, work / f"versitygw-{port}.log")

    with start() as running:
        signer, tool = Signer(running.port), Tool(tool_path, running.port)
        check_odd_keys("versitygw", signer, tool, ODD_KEYS)
        check_pages("versitygw", signer, tool)
        check_refusals("versitygw", tool)
        check_requests("versitygw", signer, tool)
        check_change("versitygw", signer, tool)
        check_clock("versitygw", tool, work)
        status, _, said = tool.keys("odd", "", "--anonymous")
        check("versitygw: anonymous is refused", status == 1 and "access_denied" in said, said)
        host = f"127.0.0.1:{running.port}"
        url = f"http://{host}" + signer.presigned("odd", "big.bin", host)
        status, out, said = tool.run("url", url, "256", "256")
        check("versitygw: a presigned URL", status == 0 and out == bytes(range(256)), said)
        status, _, said = tool.run("url", url[:-4] + "0000", "0", "5")
        check("versitygw: a wrong presigned URL, its query not shown",
              status == 1 and "access_denied" in said and "Signature=" not in said, said)
        home = work / "home"
        (home / ".aws").mkdir(parents=True)
        (home / ".aws/credentials").write_text(
            f"[other]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n", encoding="ascii")
        status, found, said = tool.keys("odd", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                                        HOME=str(home), AWS_PROFILE="other")
        check("versitygw: a profile", status == 0 and len(found) > 5, said)
    with start("--region", "eu-west-3") as running:
        signer, tool = Signer(running.port, region="eu-west-3"), Tool(tool_path, running.port)
        signer.put("odd")
        signer.put("odd", "a", b"0123456789")
        status, found, said = tool.keys("odd", AWS_REGION="eu-west-3")
        check("versitygw: the right region", status == 0 and found == ["a"], said)
        status, found, said = tool.keys("odd", AWS_REGION="us-west-2")
        check("versitygw: a wrong region is corrected, or refused by name",
              (status == 0 and found == ["a"]) or (status == 1 and "region" in said.lower()), said)
        print("    " + said.strip().replace("\n", "\n    "))
    with start("--virtual-domain", "localhost") as running:
        signer, tool = Signer(running.port), Tool(tool_path, running.port)
        endpoint = f"--endpoint=http://localhost:{running.port}"
        # Without a bucket in the host's name the path style still works, for the signer.
        signer.put("hosted")
        signer.put("hosted", "a b/c=d", b"0123456789")
        status, out, said = tool.run("get", "hosted", "a b/c=d", "2", "5", endpoint, "--virtual")
        check("versitygw: virtual-hosted style", status == 0 and out == b"23456", said)
    folder = make_certificates(path)
    if folder is None:
        return skip("TLS: openssl is not installed")
    with start("--cert", str(folder / "server.pem"), "--key", str(folder / "server.key")) as running:
        context = ssl.create_default_context(cafile=folder / "ca.pem")
        signer = Signer(running.port, tls=context)
        tool = Tool(tool_path, running.port, "https")
        signer.put("secure")
        signer.put("secure", "a", b"0123456789")
        status, out, said = tool.run("get", "secure", "a", "2", "5", AWS_CA_BUNDLE=str(folder / "ca.pem"))
        check("versitygw: TLS by a private authority", status == 0 and out == b"23456", said)
        status, _, said = tool.run("get", "secure", "a", "2", "5")
        check("versitygw: TLS by an unknown authority is refused", status == 1 and "no secure connection" in said, said)
    return None


def test_moto(tool_path, work):
    print("moto")
    server = moto_server()
    if not server:
        return skip("moto: neither on PATH nor to be installed")
    # Where it checks signatures, it reads some characters of keys otherwise than they were sent; where it does
    # not, it takes every key literally.
    port = free_port()
    with Server([server, "-H", "127.0.0.1", "-p", str(port)], port, {}, work / "moto-open.log"):
        signer, tool = Signer(port), Tool(tool_path, port)
        check_odd_keys("moto", signer, tool, ODD_KEYS + LITERAL_KEYS)
        status, found, said = tool.objects("odd", "", "--url-encoding")
        check("moto: keys URL-encoded on request", status == 0 and found == expected(ODD_KEYS + LITERAL_KEYS), said)
        check_pages("moto", signer, tool)
        check_change("moto", signer, tool)
        token = work / "web-token"
        token.write_text("a.web.token", encoding="ascii")
        status, found, said = tool.keys("odd", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                                        AWS_WEB_IDENTITY_TOKEN_FILE=str(token), AWS_ROLE_ARN="arn:aws:iam::1:role/r",
                                        AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{port}")
        check("moto: web identity through STS", status == 0 and "plain.bin" in found and "credentials=1" in said, said)
    port = free_port()
    with Server([server, "-H", "127.0.0.1", "-p", str(port)], port, {"INITIAL_NO_AUTH_ACTION_COUNT": "4"},
                work / "moto.log"):
        def iam(signer, service="iam", signed=True, **fields):
            body = urllib.parse.urlencode(fields).encode()
            headers = {"content-type": "application/x-www-form-urlencoded"}
            if not signed:
                headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/{service}/aws4_request, "
                                            "SignedHeaders=host, Signature=0")
            status, answer = signer.request("POST", "/", body, service=service, signed=signed, headers=headers)
            if status != 200:
                raise RuntimeError(f"{fields.get('Action')}: {status} {answer[:300]}")
            return answer.decode()

        def tag(text, name):
            return re.search(f"<{name}>([^<]*)</{name}>", text).group(1)

        nobody = Signer(port)
        allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
        iam(nobody, signed=False, Action="CreateUser", UserName="tester", Version="2010-05-08")
        made = iam(nobody, signed=False, Action="CreatePolicy", PolicyName="all", PolicyDocument=allow, Version="2010-05-08")
        iam(nobody, signed=False, Action="AttachUserPolicy", UserName="tester", PolicyArn=tag(made, "Arn"),
            Version="2010-05-08")
        made = iam(nobody, signed=False, Action="CreateAccessKey", UserName="tester", Version="2010-05-08")
        key_id, secret = tag(made, "AccessKeyId"), tag(made, "SecretAccessKey")
        signer = Signer(port, key_id, secret)
        tool = Tool(tool_path, port, AWS_ACCESS_KEY_ID=key_id, AWS_SECRET_ACCESS_KEY=secret)
        tool.secrets.append(secret)
        check_odd_keys("moto", signer, tool, ["plain.bin", "a/b-c_d.bin", "e.bin", "f~.bin"])
        check_refusals("moto", tool)
        check_requests("moto", signer, tool)

        role = iam(signer, Action="CreateRole", RoleName="reader", Version="2010-05-08", AssumeRolePolicyDocument=allow)
        arn = tag(role, "Arn")
        policy = tag(iam(signer, Action="ListPolicies", Scope="Local", Version="2010-05-08"), "Arn")
        iam(signer, Action="AttachRolePolicy", RoleName="reader", PolicyArn=policy, Version="2010-05-08")
        session = iam(signer, service="sts", Action="AssumeRole", RoleArn=arn, RoleSessionName="s", Version="2011-06-15")
        temporary = {"AWS_ACCESS_KEY_ID": tag(session, "AccessKeyId"),
                     "AWS_SECRET_ACCESS_KEY": tag(session, "SecretAccessKey"),
                     "AWS_SESSION_TOKEN": tag(session, "SessionToken")}
        status, found, said = tool.keys("odd", **temporary)
        check("moto: a session token", status == 0 and "plain.bin" in found, said)
        status, _, said = tool.keys("odd", **{**temporary, "AWS_SESSION_TOKEN": "wrong-session-token"})
        check("moto: a wrong session token", status == 1 and "access_denied" in said, said)
        status, _, said = tool.keys("odd", **{**temporary, "AWS_SESSION_TOKEN": None})
        check("moto: temporary keys without their token", status == 1 and "access_denied" in said, said)
        home = work / "moto-home"
        (home / ".aws").mkdir(parents=True)
        (home / ".aws/config").write_text(
            f"[profile reader]\nrole_arn = {arn}\nsource_profile = base\n[profile base]\n"
            f"aws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n", encoding="ascii")
        none = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
        status, found, said = tool.keys("odd", **none, HOME=str(home), AWS_PROFILE="reader",
                                        AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{port}")
        check("moto: a profile that assumes a role through STS",
              status == 0 and "plain.bin" in found and "credentials=1" in said, said)
    return None


def test_minio(tool_path, work):
    print("MinIO")
    if os.environ.get("VENEER_TEST_MINIO") != "1":
        return skip("MinIO: only with VENEER_TEST_MINIO=1")
    server = go_server("minio", "github.com/minio/minio")
    if not server:
        return skip("MinIO: neither on PATH nor to be installed (wants go)")
    port = free_port()
    root = Path(tempfile.mkdtemp(dir=work))
    env = {"MINIO_ROOT_USER": ID, "MINIO_ROOT_PASSWORD": SECRET, "MINIO_SITE_REGION": "eu-west-3",
           "MINIO_BROWSER": "off", "MINIO_UPDATE": "off", "HOME": str(root)}
    with Server([server, "server", "--quiet", "--address", f"127.0.0.1:{port}", str(root / "data")], port, env,
                work / "minio.log"):
        signer = Signer(port, region="eu-west-3")
        for _ in range(100):
            if signer.request("GET", "/")[0] == 200:
                break
            time.sleep(0.2)
        tool = Tool(tool_path, port, AWS_REGION="eu-west-3")
        check_odd_keys("MinIO", signer, tool, ODD_KEYS)
        check_pages("MinIO", signer, tool)
        check_refusals("MinIO", tool)
        check_requests("MinIO", signer, tool)
        check_change("MinIO", signer, tool)
        status, found, said = tool.keys("odd", AWS_REGION="us-west-2")
        check("MinIO: a wrong region is corrected", status == 0 and "plain.bin" in found, said)
    return None


def main():
    tool = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        certificates = work / "certificates"
        certificates.mkdir()
        for test in (lambda: test_versitygw(certificates, tool, work), lambda: test_moto(tool, work),
                     lambda: test_minio(tool, work)):
            try:
                test()
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                check("the server and the script work", False, str(error))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0 if passed else 77


if __name__ == "__main__":
    sys.exit(main())
