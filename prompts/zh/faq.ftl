# 管理员在聊天中编写知识库条目时读到的内容。

faq-not-admin = 只有管理员可以修改知识库。管理员可以授予您权限：careline staff role
faq-usage =
    /faq add [en|vi|zh] [键]
    /faq edit [en|vi|zh] 键
    /faq test [en|vi|zh] 文字
    /faq list [词]
    /faq history 键
    /faq publish 键
    /faq retire 键
faq-use-form = 请使用斜杠命令：它会打开一个表单。
faq-slow = 数据库响应太慢。什么都没有改变；请稍后再试。
faq-key-form = { $key } 不是键：请写 1 到 80 个 a-z、0-9 和 -，且 - 只能在中间，例如 refund-time。
faq-no-entry = 没有键为 { $key } 的条目。/faq list 显示全部。
faq-no-draft = { $key } 没有可发布的草稿。/faq edit { $key } 可开始一份。
faq-is-there = { $key } 已存在，或正在编写中：/faq edit { $key }
faq-draft-is-there = { $name } 有 { $key } 的草稿，会被覆盖：请先发布它，或在控制台中丢弃它。
faq-draft-kept = { $key } 的草稿已保存。发布之前客户看不到：/faq publish { $key }
faq-published = { $key } 已发布。客户几秒内即可得到。
faq-not-published = { $key } 尚未发布，内容没有丢失：
faq-retired = { $key } 几秒内停用。/faq history { $key } 可取回旧版本。
faq-out-of-date = 这个按钮已过时：最新的消息显示当前情况。

faq-changed-meanwhile = { $name } 在此期间发布了 { $key } 的另一个版本。对方的（–）和您的（+）：
faq-draft-meanwhile = { $name } 在此期间保存了 { $key } 的另一份草稿。对方的（–）和您的（+）：
faq-nothing-differs = 没有不同之处。
faq-yours-is-kept = 您的版本没有启用，但会保留一天：用您的版本覆盖对方的，或取消并保留对方的。

faq-ask-question = 这个条目回答哪个问题？请像客户那样写。
faq-ask-phrasings = 其他问法，每行一个，可以发任意多条消息。然后按“下一步”。
faq-ask-answer = 客户将读到的答案：**粗体**、*斜体*、[链接](https://…) 和列表都会保留。一条消息放不下的可以接着发。然后按“下一步”。
faq-ask-triggers = 模式（正则表达式），每行一个：匹配的文字一定得到这个条目。“下一步”保留现有的。
faq-so-far = 目前为止：
faq-only-text = 条目只能包含文字；图片和影片请用链接。
faq-writing-already = 您正在编写 { $key }。请先完成，或用 /cancel 取消。
faq-cancelled = 已取消。什么都没有保留。
faq-left-alone = 您开始写的内容搁置了一天，已经结束。请用 /faq 重新开始。
faq-left-alone-kept = 您把 { $key } 搁置了一天：已写的内容保存为草稿（/faq edit { $key }）。
faq-left-alone-told = 您把 { $key } 搁置了一天，现在它已有别人的草稿。下面是您写过的内容。
faq-put-aside-kept = 您之前为 { $key } 写的内容保存为草稿（/faq edit { $key }）。
faq-put-aside-told = { $key } 已有别人的草稿。下面是您之前写的内容。
faq-not-taken = 您的消息没有被采用。

faq-preview = { $key } · { $lang }
faq-preview-phrasings = { $n } 个其他问法：
faq-messages = 在 { $platform } 上客户会分 { $n } 条消息收到答案。
faq-in-the-way = 妨碍发布的问题：
faq-same-wording = 请留意：“{ $wording }”也是 { $key } 的问法；会询问客户指的是哪一个。

faq-list-head = { $n } 个条目 · 第 { $page } 页，共 { $pages } 页
faq-list-draft = { $name } 的草稿
faq-history = { $key } 的版本，最新的在前：
faq-test-answers = 机器人用 { $key } 回答：
faq-test-asks = 机器人询问指的是哪一个：{ $keys }
faq-test-person = 机器人会叫人工。
faq-test-candidates = 各条目的可能性：

faq-button-next = 下一步
faq-button-cancel = 取消
faq-button-publish = 发布
faq-button-draft = 保存为草稿
faq-button-draft-over = 把我的存为草稿
faq-button-publish-over = 发布我的
faq-button-question = 问题
faq-button-phrasings = 问法
faq-button-answer = 答案
faq-button-triggers = 模式
faq-button-earlier = ‹ 上一页
faq-button-later = 下一页 ›
faq-button-take-up = 取回

faq-form-new = 新条目 · { $lang }
faq-form = { $key } · { $lang }
faq-field-left = 内容超过这里表单的上限（{ $most } 个字符），因此没有显示，保持原样：{ $fields }。完整内容请在控制台查看。
faq-hint-lines = 每行一个
faq-hint-answer = Markdown：**粗体**、*斜体*、[链接](https://…)、列表
faq-hint-triggers = 正则表达式，每行一个：匹配的文字得到这个条目

# 管理员在命令旁看到的内容。
faq-command = 编写知识库条目
faq-command-add = 开始一个新条目
faq-command-edit = 修改条目或草稿
faq-command-test = 机器人会如何处理一段文字
faq-command-list = 列出条目和草稿
faq-command-history = 谁在何时修改了条目
faq-command-publish = 让客户得到一份草稿
faq-command-retire = 停用一个条目
faq-argument-key = 条目
faq-argument-new-key = 名称，由 a-z、0-9 和 - 组成；没有时由问题生成
faq-argument-language = 语言；没有时为您的语言
faq-argument-text = 客户会写的话
faq-argument-words = 键或问题中的词
