"""A small S3 server over a directory, for tests of the command: lists (ListObjectsV2), ranges, If-Match; checks
every signature by hmac, written from AWS's documentation. It counts requests, can be slow, and can stall.

As a program:  s3_server.py DIRECTORY    prints its endpoint and serves until it is killed.
"""
import hashlib
import hmac
import http.server
import re
import sys
import threading
import time
import urllib.parse
from pathlib import Path
from xml.sax.saxutils import escape

ID, SECRET = "AKIDVENEERTEST", "veneer+secret/for=tests"


def hmac_of(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(method, path, query, headers, signed, date, region):
    """path and query as they were sent: S3 signs each byte of a key encoded once."""
    pairs = sorted(part.partition("=") for part in query.split("&") if part)
    canonical = "\n".join([method, path, "&".join(f"{name}={value}" for name, _, value in pairs)] +
                          [f"{name}:{headers[name].strip()}" for name in signed] +
                          ["", ";".join(signed), headers["x-amz-content-sha256"]])
    scope = f"{date[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in (date[:8], region, "s3", "aws4_request"):
        key = hmac_of(key, part)
    return hmac_of(key, text).hex()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def is_signed(self, path, query):
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, "
                             r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", self.headers.get("authorization", ""))
        if not found or found[1] != ID:
            return False
        headers = {name.lower(): value for name, value in self.headers.items()}
        signed = found[4].split(";")
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed):
            return False
        wanted = signature("GET", path, query, headers, signed, headers["x-amz-date"], found[3])
        return hmac.compare_digest(wanted, found[5])

    def do_GET(self):  # pylint: disable=invalid-name
        path, _, query = self.path.partition("?")
        server = self.server
        if not self.is_signed(path, query) and not server.public:
            return self.refuse(403, "SignatureDoesNotMatch")
        bucket, _, key = urllib.parse.unquote(path[1:]).partition("/")
        if bucket != "bucket":
            return self.refuse(404, "NoSuchBucket")
        time.sleep(server.delay)
        fields = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if not key and fields.get("list-type") == "2":
            server.count("list")
            return self.list(fields)
        server.count(key)
        while server.stalled:
            time.sleep(0.05)
        return self.get(key)

    def list(self, fields):
        prefix, most = fields.get("prefix", ""), int(fields.get("max-keys", "1000"))
        delimiter = fields.get("delimiter", "")
        after = fields.get("continuation-token", fields.get("start-after", ""))
        entries, last = [], ""
        truncated = False
        for key in self.server.keys():
            if not key.startswith(prefix) or key <= after or (delimiter and after.endswith("/") and
                                                              key.startswith(after)):
                continue
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            name = key if end < 0 else key[:end + 1]
            if name == last:
                continue
            if len(entries) == most:
                truncated = True
                break
            last = name
            if end >= 0:
                entries.append(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>")
                continue
            file = self.server.root / key
            entries.append(f"<Contents><Key>{escape(key)}</Key><Size>{file.stat().st_size}</Size>"
                           f"<ETag>{escape(self.server.etag(file))}</ETag></Contents>")
        more = f"<NextContinuationToken>{escape(last)}</NextContinuationToken>" if truncated else ""
        body = (f"<ListBucketResult><IsTruncated>{str(truncated).lower()}</IsTruncated>{more}"
                f"{''.join(entries)}</ListBucketResult>")
        return self.answer(200, body.encode(), {"content-type": "application/xml"})

    def get(self, key):
        file = self.server.root / key
        if not file.is_file():
            return self.refuse(404, "NoSuchKey")
        data, etag = file.read_bytes(), self.server.etag(file)
        if self.headers.get("if-match", etag) != etag:
            return self.refuse(412, "PreconditionFailed")
        first, last = 0, len(data) - 1
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("range", ""))
        if not asked:
            return self.answer(200, data, {"etag": etag})
        if asked[1]:
            first, last = int(asked[1]), min(last, int(asked[2] or last))
        else:
            first = max(0, len(data) - int(asked[2]))
        if first > last:
            return self.refuse(416, "InvalidRange")
        return self.answer(206, data[first:last + 1],
                           {"etag": etag, "content-range": f"bytes {first}-{last}/{len(data)}"})


class S3Server(http.server.ThreadingHTTPServer):
    """`with S3Server(root) as server:` — the bucket is called bucket, its objects are the files below root."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, root):
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = Path(root)
        self.delay = 0.0
        self.stalled = False  # objects are not answered for
        self.public = False  # unsigned requests are answered
        self.counts = {}
        self.lock = threading.Lock()
        self.known = None

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stalled = False
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # a client that was killed

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def keys(self):
        if self.known is None:
            found = (f.relative_to(self.root).as_posix() for f in self.root.rglob("*") if f.is_file())
            self.known = sorted(found, key=lambda key: key.encode())
        return self.known

    def etag(self, file):
        status = file.stat()
        return f'"{status.st_size:x}-{status.st_mtime_ns:x}"'

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ENDPOINT_URL_S3": self.endpoint,
                "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "no_proxy": "127.0.0.1"}


if __name__ == "__main__":
    with S3Server(sys.argv[1]) as standing:
        print(standing.endpoint, flush=True)
        threading.Event().wait()
