"""The loopback world: plays the Fed, the New York Fed, exchanges and Telegram on one port."""
