"""Prints the versions of Python and of the modules that are there, as JSON."""
import importlib, importlib.metadata, json, platform, sys

versions = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        versions[name] = versions["python"]
    except ImportError:
        pass
print(json.dumps(versions))
