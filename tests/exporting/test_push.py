"""Runs on the Hugging Face Hub: its real client, and a stand-in of its server on this machine."""

import base64
import hashlib
import http.server
import json
import re
import sys
import threading

import numpy as np
import pytest

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import open_run

pytestmark = pytest.mark.slow

constants = pytest.importorskip("huggingface_hub.constants", reason="keras-ganzoo[hub]")
COMMIT = "c" * 40


class Hub(http.server.BaseHTTPRequestHandler):
    """The part of the Hub's interface that its client asks for; `server.files` is what it has."""

    def log_message(self, *arguments):
        pass

    def reply(self, value, status=200, **headers):
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_GET(self):
        self.server.asked.append(self.path)
        if match := re.fullmatch(r"/(\w+/\w+)/resolve/\w+/(.+)", self.path):
            content = self.server.files[match[1]][match[2]]
            self.reply(content, ETag=f'"{hashlib.sha1(content).hexdigest()}"', X_Repo_Commit=COMMIT)
            return
        match = re.fullmatch(r"/api/models/(\w+/\w+)/(revision|tree)/.*", self.path)
        files = self.server.files.get(match and match[1])
        if files is None:
            self.reply({"error": "not found"}, 404, X_Error_Code="RepoNotFound")
        elif match[2] == "tree":
            self.reply([{"type": "file", "path": name, "size": len(content),
                         "oid": hashlib.sha1(content).hexdigest()}
                        for name, content in files.items()])  # fmt: skip
        else:
            names = [{"rfilename": name} for name in files]
            self.reply({"id": match[1], "sha": COMMIT, "siblings": names, "tags": []})

    do_HEAD = do_GET

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/repos/create":
            wanted = json.loads(body)
            name = f"{wanted['organization']}/{wanted['name']}"
            self.server.files.setdefault(name, {})
            self.reply({"url": f"{self.server.address}/{name}"})
        elif self.path == "/api/validate-yaml":
            self.reply({"errors": [], "warnings": []})
        elif self.path.endswith("/preupload/main"):
            names = [file["path"] for file in json.loads(body)["files"]]
            self.reply({"files": [{"path": name, "uploadMode": "regular", "shouldIgnore": False}
                                  for name in names]})  # fmt: skip
        else:
            name = re.fullmatch(r"/api/models/(\w+/\w+)/commit/main", self.path)[1]
            for part in map(json.loads, body.splitlines()):
                if part["key"] == "file":
                    content = base64.b64decode(part["value"]["content"])
                    self.server.files[name][part["value"]["path"]] = content
            url = f"{self.server.address}/{name}/commit/{COMMIT}"
            self.reply({"commitUrl": url, "commitOid": COMMIT, "success": True})


@pytest.fixture
def hub(tmp_path, monkeypatch):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.files, server.asked = {}, []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    template = server.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_TOKEN", "hf_of_nobody")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def run(tmp_path_factory, eagerly):
    settings = {"filters": 2, "batch_size": 8, "steps": 1, "sample_count": 4}
    with eagerly():
        return ganzoo.train("cdcgan", run_dir=tmp_path_factory.mktemp("runs") / "run", **settings)


def test_a_run_that_is_pushed_comes_back_and_makes_the_same_images(run, hub, tmp_path):
    page = ganzoo.push(run, "hf://user/garments")
    assert page == f"{hub.address}/user/garments"
    files = hub.files["user/garments"]
    assert {"config.yaml", "weights.safetensors", "status.json", "classes.json", "README.md"} <= (
        files.keys()
    )
    assert not [name for name in files if name.endswith((".pkl", ".pth", ".keras", ".h5"))]
    text = files["README.md"].decode()
    assert text.startswith("---\nlibrary_name: ganzoo\n") and "# hf://user/garments" in text
    expected = ganzoo.generate(run, 3, labels=["Bag"])
    np.testing.assert_array_equal(
        ganzoo.generate("hf://user/garments", 3, labels=["Bag"]), expected
    )
    assert open_run("hf://user/garments").name == "hf://user/garments"
    with pytest.raises(InputError, match="not written to"):
        ganzoo.resume("hf://user/garments")


def test_only_files_of_a_run_are_fetched(run, hub):
    ganzoo.push(run, "hf://user/garments")
    hub.files["user/garments"] |= {"model.pkl": b"cos\nsystem\n", "code.py": b"1 / 0"}
    folder = open_run("hf://user/garments").folder
    assert not (folder / "model.pkl").exists() and not (folder / "code.py").exists()
    assert not [path for path in hub.asked if path.endswith((".pkl", ".py"))]


def test_what_is_not_there_or_no_address_is_one_line(run, hub, monkeypatch):
    with pytest.raises(ResourceError, match=r"cannot be fetched: Repo.*'hf://user/none'") as error:
        ganzoo.load_run("hf://user/none")
    assert "\n" not in str(error.value)
    with pytest.raises(InputError, match=r"written hf://USER/NAME.*'hf://user'"):
        ganzoo.load_run("hf://user")
    with pytest.raises(InputError, match=r"pushed to hf://USER/NAME. Received: 'user/garments'"):
        ganzoo.push(run, "user/garments")
    hub.files["user/other"] = {"README.md": b"# no run"}
    with pytest.raises(ResourceError, match="Not a run folder"):
        ganzoo.load_run("hf://user/other")


def test_without_the_client_it_is_said_what_to_install(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    for take in (lambda: ganzoo.load_run("hf://a/b"), lambda: ganzoo.push(run, "hf://a/b")):
        with pytest.raises(ResourceError, match=r"pip install \"keras-ganzoo\[hub\]\""):
            take()
