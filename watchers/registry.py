"""All watchers, by name."""

from watchers.base import Watcher
from watchers.fed_documents import FedDocuments
from watchers.fed_press import FedPress
from watchers.repo_operations import RepoOperations
from watchers.tickers import Tickers

WATCHERS: dict[str, type[Watcher]] = {
    watcher.name: watcher for watcher in (FedPress, FedDocuments, RepoOperations, Tickers)
}
