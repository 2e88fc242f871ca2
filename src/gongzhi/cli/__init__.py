"""The `gongzhi` command."""
