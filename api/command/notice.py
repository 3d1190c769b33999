"""What stands below each answer on the terminal."""

NOTICE = "Reference material, not medical advice. 仅供研究参考，不构成医疗建议。"
